"""Setting who answers, in one popover: order, repeats, what one does otherwise, sweeps, and sets that are kept."""
