"""A model in this process's memory: how its numbers lie there and how they are multiplied, step by step.

Knows torch and one checkpoint; nothing of requests, pipes or chunks.
"""
