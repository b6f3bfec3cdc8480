"""How bytes go to servers and come back: ways, proxies, certificates, the courier that receives, server-sent events.

Knows no prompt.
"""
