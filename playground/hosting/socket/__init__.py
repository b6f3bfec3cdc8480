"""What passes through a page's WebSocket, and when."""
