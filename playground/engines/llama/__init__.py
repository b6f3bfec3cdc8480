"""GGUF files on this machine: llama.cpp in a process of its own for each model, spoken to as to any server.

The page's process never loads llama.cpp: its library holds the interpreter for a whole load and ends the process where
it finds a fault. Nothing else of this program needs it.
"""
