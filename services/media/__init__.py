"""Recordings as files: what they are, and what ffmpeg makes of them."""
