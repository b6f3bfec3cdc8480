"""What the server is told of, around all pages: layers of hosting/, and what happens as it starts and ends."""
