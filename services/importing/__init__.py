"""Turns files into songs and playlists: audio with tags, lyrics files and lists, read one at a time."""
