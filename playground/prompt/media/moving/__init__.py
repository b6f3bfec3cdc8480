"""Pictures that move: PNG and WebP. Which of them do is told by their chunks, without decoding anything."""
