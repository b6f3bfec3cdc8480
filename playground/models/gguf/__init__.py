"""GGUF files on this machine: what their headers say, which model each one is, where they lie, what they take.

Knows no engine and reads no weights; whoever wrote a file is not trusted.
"""
