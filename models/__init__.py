"""The SQL rows: the truth about what exists and what state it is in."""

from models.engine import Heartbeat, Job, JobEvent, QueueState, StepTiming
from models.library import (
    Analysis,
    Finding,
    ImportItem,
    LyricsLookup,
    Playlist,
    PlaylistSong,
    Song,
    User,
)

__all__ = [
    "Analysis",
    "Finding",
    "Heartbeat",
    "ImportItem",
    "Job",
    "JobEvent",
    "LyricsLookup",
    "Playlist",
    "PlaylistSong",
    "QueueState",
    "Song",
    "StepTiming",
    "User",
]
