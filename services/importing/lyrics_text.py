"""What a lyrics file says."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LyricsText:
    """Lyrics, and what the file tells of their song; empty where it tells nothing."""

    lyrics: str
    title: str = ""
    artist: str = ""
    album: str = ""
    duration_seconds: float | None = None
