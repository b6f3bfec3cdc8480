"""What lessons are about: scenes that are drawn, and recordings that are spoken. Knows no question."""
