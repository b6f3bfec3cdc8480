"""How a comparison is read: which columns and rounds are open, who comes and who leaves, how it is laid out."""
