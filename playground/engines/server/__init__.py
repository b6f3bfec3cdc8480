"""Models on any OpenAI-compatible server: what each kind of server takes, the request, the reply, the faults."""
