"""Sound into mono 16 kHz: what soundfile reads whole (WAV, FLAC, OGG), and what else FFmpeg decodes. Knows no model."""
