"""Measures the program: `make bench`. Ratios within one run count; absolute numbers belong to the machine."""
