"""Setting who answers, in one popover: order, repeats, what one does otherwise, sweeps, sets that are kept; and what
the chosen columns mean.
"""
