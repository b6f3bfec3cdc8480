"""Who answers: models on this machine or on a server, behind one seam (`base.Engine`).

Knows models and prompts. Knows nothing of queues, comparisons or screens.
"""
