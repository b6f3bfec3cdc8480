"""What is found in answers that came: boxes, where texts differ, how long was thought, what repeats give together.

Pure. Knows answers, and nothing of how they came.
"""
