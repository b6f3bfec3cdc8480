"""What stands in the panes of answers: how one stands, thoughts, and the repeats of one contender together."""
