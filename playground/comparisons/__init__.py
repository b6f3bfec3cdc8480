"""What is compared: contenders, their answers and the line they stand in; figures and text made from what came.

Knows engines through their seam. Knows no screen, and nothing of what is kept.
"""
