"""How answers stand on a terminal: in columns, one below another, or streamed; and what is written, losing nothing."""
