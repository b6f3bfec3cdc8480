"""How comparisons get into the archive: those that run here by a thread of their own, those from elsewhere whole."""
