"""Tools on the Compare page: choosing and declaring them, and the calls in the panes with what was given back."""
