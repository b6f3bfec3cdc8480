"""What only the Engines page draws."""
