"""What a person sees of a command: answers in columns or as text that streams, tables, and what is being done."""
