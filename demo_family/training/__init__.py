"""How a member learns: towers, trunk and members, from rows of tokens. Knows torch."""
