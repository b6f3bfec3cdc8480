"""A JSON schema for the answers: written and checked, and what comes drawn as a table or a tree."""
