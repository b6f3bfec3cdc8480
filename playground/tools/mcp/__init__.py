"""Tools of MCP servers that the operator named. The protocol's own SDK runs in one process of its own, which is small,
may be lost, and keeps the seconds that its import takes out of the page's; `asking` is the page's side of it.
"""
