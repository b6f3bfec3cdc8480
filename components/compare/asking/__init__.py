"""How a question is made: the box, the tray of media beside it, what it would cost, and samples to begin with."""
