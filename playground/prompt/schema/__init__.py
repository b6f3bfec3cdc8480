"""A JSON schema that answers are held to: read from what somebody wrote, and an answer checked against it.

Knows no engine and no screen. What a schema may be is decided here, once, whoever brings it: an editor, a file, a link.
"""
