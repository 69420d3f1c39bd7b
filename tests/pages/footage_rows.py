"""Footage as rows, with what the steps would have made of it."""

from typing import Any

import clock
from extensions import transaction
from models import Footage, FootageEvent, FootageSpeech, Frame
from services.footage import states
from services.library import users


def footage(footage_id: str = "AF0001", **values: Any) -> str:
    """The id of a record of which the file is here."""
    now = clock.now()
    kept = {
        "owner_id": users.default_owner().id,
        "status": states.CREATING_FRAMES,
        "entered_at": now,
        "title": "Boats on a river",
        "file_name": "boats.mp4",
        "source": f"/clips/{footage_id}.mp4",
        "media_key": f"footage/{footage_id}/source.mp4",
        "poster_key": f"footage/{footage_id}/poster.jpg",
        "duration_seconds": 83.4,
        "size_bytes": 12_400_000,
        "width": 1280,
        "height": 720,
        "frames_per_second": 25.0,
        "video_codec": "h264",
        "audio_codec": "aac",
        "info": {"container": "mov,mp4", "timecode": "10:00:00:00", "streams": []},
        "created_at": now,
        "updated_at": now,
    }
    with transaction() as session:
        session.add(Footage(**({"id": footage_id} | kept | values)))
    return footage_id


def frame(footage_id: str, position: int, **values: Any) -> int:
    now, start = clock.now(), 10.0 * (position - 1)
    kept = {
        "status": states.FRAME_AUDIO_TRANSCRIBED,
        "at_seconds": start + 5,
        "start_seconds": start,
        "end_seconds": start + 10,
        "entered_at": now,
        "thumbnail_key": f"footage/{footage_id}/frames/{position:04d}.jpg",
        "caption": "A bright, sharp picture, mostly blue and grey.",
        "speech": "The river rises in the hills.",
        "created_at": now,
        "updated_at": now,
    }
    row = Frame(footage_id=footage_id, position=position, **(kept | values))
    with transaction() as session:
        session.add(row)
        session.flush()
        return row.id


def speech(footage_id: str, *texts: str) -> None:
    segments = [
        {"start": 3.0 * place, "end": 3.0 * place + 2.5, "text": text, "words": []} for place, text in enumerate(texts)
    ]
    row = {"engine": "test", "language": "en", "segments": segments, "text": " ".join(texts), "created_at": clock.now()}
    with transaction() as session:
        session.add(FootageSpeech(footage_id=footage_id, **row))


def event(footage_id: str, from_status: str | None, to_status: str, **values: Any) -> None:
    row = FootageEvent(footage_id=footage_id, from_status=from_status, to_status=to_status, at=clock.now(), **values)
    with transaction() as session:
        session.add(row)
