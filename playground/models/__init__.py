"""What can answer: the family's facts, what a checkpoint takes, whether it fits, where its weights come from.

Knows files, devices and addresses of servers. Knows no prompt, and runs nothing.
"""
