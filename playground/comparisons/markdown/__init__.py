"""A model's text as Markdown that shows what it wrote and does nothing else. Hostile until it has been through here."""
