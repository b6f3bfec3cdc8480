"""Weights from the Hugging Face hub: its cache on this disk, downloads into it, and what can go wrong with them."""
