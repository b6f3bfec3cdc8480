"""What is kept, listed: found again, put in order, laid beside each other, taken away and brought in."""
