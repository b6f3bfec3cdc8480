"""Makes the demo family: four small models of the true Gemma 4 architecture, trained from scratch on drawn and spoken data."""
