"""Which models this machine has, and what a spec means that somebody typed.

Looks only at this machine's disk; a server is asked when its model is named. Knows models and what a question costs;
starts no model and knows no engine but whether llama.cpp is here.
"""
