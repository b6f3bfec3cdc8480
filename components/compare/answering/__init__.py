"""What stands in the panes of answers: thoughts, and the repeats of one contender together."""
