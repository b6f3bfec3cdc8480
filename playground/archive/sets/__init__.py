"""What a person keeps beside the media, so that it is where those are: small files, and line-ups by their names."""
