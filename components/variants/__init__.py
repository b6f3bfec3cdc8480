"""What only the Variants page draws."""
