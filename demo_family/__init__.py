"""Makes the demo family: four small models of the true architecture, trained from scratch on drawings and speech."""
