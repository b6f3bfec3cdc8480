"""What a server's stream means: thoughts, answer, calls, counts. Knows no network."""
