"""Matrices in fewer bytes, or in an order that a kernel reads faster: of layers, of experts, of the output.

`layout` says which of them a model gets on which device. Knows torch's kernels, and nothing of conversations.
"""
