"""Several questions in a terminal: a file of single ones, a file of rounds, and rounds written by hand."""
