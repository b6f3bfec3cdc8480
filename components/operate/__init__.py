"""What only the Operate page draws."""
