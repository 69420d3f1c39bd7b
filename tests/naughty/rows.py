"""A database whose every text that is not for machines is naughty: a new column is so from its first day."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Double, Integer, String, Table, insert
from sqlalchemy.orm import Session

import clock
from extensions import Base
from services.footage import states as footage_states
from services.jobs.registry import COMPLETE
from services.renders import events
from services.renders import states as render_states
from services.videos import recovery_report, stuck
from services.videos import states as video_states
from tests.naughty.strings import NAUGHTY
from tests.pages.job_rows import id_at

STATUSES = ("finished", "failed", "canceled", "deferred", "failed")
FOOTAGE_STATUSES = tuple(footage_states.FOOTAGE)
OUTCOMES = ("added", "updated", "existing", "refused")

Value = Callable[[int], Any]


def job_id(n: int) -> str:
    """The id of the job in row `n`."""
    return id_at(1_790_000_000.0 + n)[:10] + f"{n:016d}"


def footage_id(n: int) -> str:
    return f"AF{n:04d}"


def render_id(n: int) -> str:
    return f"{n:026d}"


def run_id(n: int) -> str:
    """The id of a run that recovers videos."""
    return f"R{n:025d}"


def group_id(n: int) -> str:
    return f"{n:016x}"


# What is for machines: the value of row `n`. Tables that are left out hold nothing that is shown.
MACHINE: Mapping[str, Mapping[str, Value]] = {
    "song": {
        "lyrics_source": lambda n: "file",
        "fingerprint": str,
        "title_key": lambda n: "",
        "artist_key": lambda n: "",
        "search_text": lambda n: "naughty",
        "rating": lambda n: "mature",
    },
    "playlist": {},
    "playlist_song": {"playlist_id": lambda n: 1, "song_id": lambda n: n, "position": lambda n: n},
    "analysis": {
        "song_id": lambda n: n,
        "lyrics_digest": str,
        "lyrics_source": lambda n: "pasted",
        "rating": lambda n: "mature",
        "language": lambda n: "en",
        "score": lambda n: 50,
    },
    "finding": {
        "analysis_id": lambda n: n,
        "category": lambda n: "violence",
        "line": lambda n: 1,
        "severity": lambda n: 2,
    },
    "job": {
        "id": job_id,
        "type": lambda n: "import_media" if n % 2 else "analyze_song",
        "target_type": lambda n: "song",
        "target_id": str,
        "queue": lambda n: "high",
        "active_key": lambda n: None,
        "status": lambda n: STATUSES[n % len(STATUSES)],
        "step": lambda n: COMPLETE.name,
        "error_code": lambda n: "failed",
        "error_group": group_id,
        "parent_id": lambda n: None,
        "result_url": lambda n: "/",
        "progress": lambda n: 0.5,
        "position": lambda n: None,
        "children_total": lambda n: None,
        "cancel_requested_at": lambda n: None,
        "steps": lambda n: None,
    },
    "job_event": {
        "job_id": job_id,
        "from_status": lambda n: "started",
        "to_status": lambda n: "failed",
    },
    "job_log": {"job_id": job_id, "level": lambda n: "warning"},
    "queue_state": {
        "name": lambda n: ("high", "default", "low")[n - 1] if n < 4 else f"old{n}",
        "paused": lambda n: True,
    },
    "error_group": {
        "id": group_id,
        "type": lambda n: "analyze_song",
        "error_code": lambda n: "failed",
        "sample_job_id": job_id,
        "muted_at": lambda n: None,
    },
    "import_item": {"job_id": lambda n: job_id(1), "outcome": lambda n: OUTCOMES[n % 4], "kind": lambda n: "song"},
    "audit_entry": {
        "target_type": lambda n: "job",
        "outcome": lambda n: "done",
        "job_id": lambda n: None,
        "ended_at": lambda n: clock.now(),
    },
    "footage": {
        "id": footage_id,
        "owner_id": lambda n: 1,
        "status": lambda n: FOOTAGE_STATUSES[n % len(FOOTAGE_STATUSES)],
        "resume_status": lambda n: footage_states.CREATING_FRAMES,
        "keywords": lambda n: list(NAUGHTY.values())[:3],
        "tags": lambda n: list(NAUGHTY.values())[:3],
        "judgement": lambda n: {"score": 0, "is_good": False, "reasons": list(NAUGHTY.values())[:3], "judged_at": 1.0},
        "embedding": lambda n: None,
    },
    "frame": {
        "footage_id": footage_id,
        "status": lambda n: footage_states.FRAME_COMPLETE,
        "resume_status": lambda n: None,
        "seen": lambda n: {"text": list(NAUGHTY.values())[:3], "colours": [{"name": "red", "hex": "#f00", "share": 1}]},
        "embedding": lambda n: None,
    },
    "footage_event": {
        "footage_id": footage_id,
        "from_status": lambda n: footage_states.CREATING_FRAMES,
        "to_status": lambda n: footage_states.AWAITING_USER_INPUT,
        "job_id": lambda n: None,
    },
    "footage_speech": {
        "footage_id": footage_id,
        "segments": lambda n: [{"start": 0.0, "end": 1.0, "text": list(NAUGHTY.values())[n - 1], "words": []}],
    },
    "video": {
        "id": lambda n: f"video-{n}",
        "owner_id": lambda n: 1,
        "status": lambda n: video_states.ALL[n % len(video_states.ALL)],
        "sha256": lambda n: None,
        "job_id": lambda n: None,
        "render_id": lambda n: None,
        "upload_id": lambda n: None,
        **dict.fromkeys(("media_key", "poster_key", "preview_key", "web_key"), lambda n: None),
    },
    "segment": {
        "id": lambda n: f"segment-{n}",
        "owner_id": lambda n: 1,
        "video_id": lambda n: f"video-{n}",
        "status": lambda n: render_states.SEGMENT_STATUSES[n % len(render_states.SEGMENT_STATUSES)],
        "render_id": lambda n: None,
        "media_key": lambda n: None,
    },
    "render": {
        "id": render_id,
        "owner_id": lambda n: 1,
        "operation": lambda n: "concatenate",
        "target_type": lambda n: render_states.VIDEO,
        "target_id": lambda n: f"video-{n}",
        "active_key": lambda n: None,
        "token_hash": str,
        "token": lambda n: b"",
        "status": lambda n: render_states.ALL[n % len(render_states.ALL)],
        "found_by": lambda n: (render_states.WEBHOOK, render_states.POLL)[n % 2],
    },
    "render_event": {
        "render_id": render_id,
        "kind": lambda n: events.KINDS[n % len(events.KINDS)],
        "said_by": lambda n: render_states.POLL,
    },
    "recovery_run": {"id": run_id, "reasons": lambda n: {stuck.BACKING_OFF: n}},
    "recovery_item": {
        "run_id": run_id,
        "video_id": lambda n: f"video-{n}",
        "outcome": lambda n: recovery_report.OUTCOMES[n % len(recovery_report.OUTCOMES)],
        "job_id": lambda n: None,
    },
    "user": {
        "login": lambda n: f"person{n}",
        "password_hash": lambda n: None,
        "role": lambda n: "viewer",
        "disabled_at": lambda n: None,
    },
    "api_key": {
        "user_id": lambda n: 1,
        "prefix": lambda n: f"bb_{n}",
        "digest": str,
        "role": lambda n: "viewer",
        "revoked_at": lambda n: None,
    },
}


def write(session: Session, texts: Mapping[str, str] = NAUGHTY) -> None:
    """A row of each table for each text, and each cut to what its column holds; rows count from 1."""
    for table in Base.metadata.sorted_tables:
        if table.name in MACHINE:
            first = 2 if table.name == "user" else 1  # the default owner is there already
            rows = [_row(table, n, text) for n, text in enumerate(texts.values(), first)]
            session.execute(insert(table), rows)
    session.commit()


def _row(table: Table, n: int, text: str) -> dict[str, Any]:
    machine = MACHINE[table.name]
    return {
        column.name: machine[column.name](n) if column.name in machine else _value(column, n, text)
        for column in table.columns
        if column is not table.autoincrement_column  # which the database counts itself, and goes on counting
    }


def _value(column: Column[Any], n: int, text: str) -> Any:
    if isinstance(column.type, String):
        return (
            f"{n} {text}"[: column.type.length] if column.unique or column.primary_key else text[: column.type.length]
        )
    if isinstance(column.type, JSON):
        return [text] if column.name == "themes" else _document(text)
    if isinstance(column.type, Boolean):
        return False
    if isinstance(column.type, Double):
        return clock.now() - 60 + n / 100
    if isinstance(column.type, Integer):
        return 1
    raise TypeError(f"Say in MACHINE what {column} holds: it is {column.type!r}")


def _document(text: str) -> dict[str, Any]:
    """What jobs, items and entries of the audit log keep beside their columns, all in one."""
    return {
        "reason": text,
        "title": text,
        "names": [text],
        "part_of": text,
        "counts": {"added": 1, "updated": 0, "existing": 0, "refused": 1, "playlists": 1},
        "refused": [{"name": text, "code": "damaged", "reason": text}],
        "playlists": [{"id": 1, "name": text}],
    }
