"""The terminal's commands. They know the core, and nothing of Streamlit."""
