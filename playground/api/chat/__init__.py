"""OpenAI's chat completions: their fields as a conversation and settings, an answer as their pieces."""
