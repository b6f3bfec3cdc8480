"""Who is told of questions and of how answers ended: what a witness is, and the one that foresees waits."""
