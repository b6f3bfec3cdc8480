"""What is kept: every comparison with its media, chunks and times, written while it runs and found again.

Knows comparisons. They do not know it: the desk is given where to write. Knows no screen.
"""
