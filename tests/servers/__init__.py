"""Servers for the tests: two real ones in processes of their own, and one that misbehaves."""
