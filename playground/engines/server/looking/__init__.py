"""What a server is and has, and what its models take: asked, tried once, remembered."""
