"""Files that are read rather than seen or heard: texts in any encoding that can be told, and the pages of a PDF.

Used in the decoding process alone. Knows no model and no screen.
"""
