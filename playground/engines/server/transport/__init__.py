"""How bytes go to servers and come back: clients, proxies, certificates, server-sent events. Knows no prompt."""
