"""What is known of the family beyond its members' own facts: published results, what was said of it, how each is built.

Knows the catalogue's text and configurations. Knows no checkpoint on this machine and no screen.
"""
