"""What operators see of the running program and say to its visitors."""
