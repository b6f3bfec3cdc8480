"""Who may, and how much: what stands between the web server and the page.

Pure ASGI, each layer in a file of its own. Knows the limits of the core, and nothing of the page, of its framework or
of models.
"""
