"""What models may call: tools declared as JSON schemas, a few that run here, and those of MCP servers that the operator
named. Reads a model's calls and checks them. Knows prompts, and neither engines nor comparisons.
"""
