"""The SQL rows: the truth about what exists and what state it is in."""

from models.engine import Heartbeat, Job, JobEvent, JobLog, QueueState, StepTiming
from models.episodes import Clip, Enrichment, Episode, Rendition, Transcript, TranscriptPart, Upload
from models.footage import Counter, Footage, FootageEvent, FootageSpeech, FootageSpeechPart, Frame
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
from models.notices import AlertRule, MaintenanceHold, MaintenanceWindow, Notice, NoticeAddress
from models.operators import AuditEntry, Schedule, ScheduleRun
from models.people import ApiKey, OneTimeLink, SignIn, User
from models.renders import Render, RenderCycle, RenderEvent, Segment
from models.requests import IdempotentRequest
from models.videos import RecoveryItem, RecoveryRun, Video
from models.webhooks import WebhookDelivery, WebhookEndpoint, WebhookTry

__all__ = [
    "AlertRule",
    "Analysis",
    "ApiKey",
    "AuditEntry",
    "Clip",
    "Counter",
    "Enrichment",
    "Episode",
    "ErrorGroup",
    "ErrorStat",
    "Finding",
    "Footage",
    "FootageEvent",
    "FootageSpeech",
    "FootageSpeechPart",
    "Frame",
    "Heartbeat",
    "IdempotentRequest",
    "ImportItem",
    "Job",
    "JobEvent",
    "JobLog",
    "JobStat",
    "LyricsLookup",
    "MaintenanceHold",
    "MaintenanceWindow",
    "Notice",
    "NoticeAddress",
    "OneTimeLink",
    "Playlist",
    "PlaylistSong",
    "QueueState",
    "RecoveryItem",
    "RecoveryRun",
    "Render",
    "RenderCycle",
    "RenderEvent",
    "Rendition",
    "RollUp",
    "Schedule",
    "ScheduleRun",
    "Segment",
    "SignIn",
    "Song",
    "StepTiming",
    "Transcript",
    "TranscriptPart",
    "Upload",
    "User",
    "Video",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookTry",
]
