"""What is asked in plain values, as the terminal and the API both take it, and the record that both give back.

`question` makes a conversation and contenders out of values, `record` makes plain values of the answers. Opens no file
of this machine by itself: who asks from here hands in how files are opened, and from elsewhere nobody names one. Knows
which models are here by the engines' roster, and neither archive nor desk nor a face.
"""
