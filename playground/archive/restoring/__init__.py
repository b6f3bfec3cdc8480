"""A record as what the program works with again: questions, answers and their figures, whole comparisons."""
