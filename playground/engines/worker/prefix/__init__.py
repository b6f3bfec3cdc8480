"""What is kept of a conversation between two questions: keys and values of the tokens that were read already.

Knows the model's cache. What a prompt is made of and what is answered is for the rooms around it.
"""
