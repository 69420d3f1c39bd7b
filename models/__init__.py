"""The SQL rows: the truth about what exists and what state it is in."""

from models.engine import Heartbeat, Job, JobEvent, JobLog, QueueState, StepTiming
from models.history import ErrorGroup, ErrorStat, JobStat, RollUp
from models.library import (
    Analysis,
    Finding,
    ImportItem,
    LyricsLookup,
    Playlist,
    PlaylistSong,
    Song,
)
from models.operators import AuditEntry, Schedule, ScheduleRun
from models.people import ApiKey, OneTimeLink, SignIn, User

__all__ = [
    "Analysis",
    "ApiKey",
    "AuditEntry",
    "ErrorGroup",
    "ErrorStat",
    "Finding",
    "Heartbeat",
    "ImportItem",
    "Job",
    "JobEvent",
    "JobLog",
    "JobStat",
    "LyricsLookup",
    "OneTimeLink",
    "Playlist",
    "PlaylistSong",
    "QueueState",
    "RollUp",
    "Schedule",
    "ScheduleRun",
    "SignIn",
    "Song",
    "StepTiming",
    "User",
]
