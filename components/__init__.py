"""What draws: small pieces of screen. They know streamlit and the core, never a page."""
