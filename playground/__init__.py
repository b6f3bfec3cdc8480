"""The Gemma 4 playground's core: one prompt, several models, answers with figures. Knows no screen."""
