"""Clips: framing, subtitles, cutting; and the ffmpeg that does it."""
