"""Comparisons from files, as hostile input: our own JSON, and OpenAI's messages."""
