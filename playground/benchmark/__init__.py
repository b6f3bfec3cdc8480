"""Measures the local engine next to plain transformers, on any weights and on the true shapes with random ones."""
