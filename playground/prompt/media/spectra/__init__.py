"""Recordings seen: loudness and pitch over time as Gemma 4's audio encoder takes them in, and where nobody speaks.

librosa is imported in the decoding process alone; `look` is what the page gets. Knows no model's weights and no screen.
"""
