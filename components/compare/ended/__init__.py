"""What can be done with a comparison that has ended: replayed, disclosed, shared, put into a data set."""
