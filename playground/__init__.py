"""The Gemma 4 playground's core: one prompt, several models, answers with figures. Knows no screen."""

__version__ = "0.1.0"
