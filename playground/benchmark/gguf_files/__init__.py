"""Writes a checkpoint of the family as GGUF files, as llama.cpp reads them: for measuring, and for the demo family.

Facts and names are those of llama.cpp's own converter (conversion/gemma.py) and loader (llama-arch.cpp, clip.cpp).
Knows numpy and no torch.
"""
