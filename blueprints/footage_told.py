"""Footage as programs are told of it, with the addresses of its files."""

from collections.abc import Iterable
from typing import Any

from flask import url_for

import clock
from blueprints.schemas.footage import (
    EventTold,
    FootageAnswer,
    FootageFound,
    FootageLine,
    FrameTold,
    MadeOfIt,
    SpeechTold,
)
from models import Footage, FootageEvent, Frame
from services.footage import files
from services.footage.catalogue import UPLOAD_PREFIX
from services.footage.record_page import RecordPage
from services.footage.search import Hit

_OWN_NAMES = frozenset({"metadata", "source", "video_url", "poster_url", "sheet_url", "retry_at"})


def line_told(footage: Footage) -> FootageLine:
    """A record without what was made of it."""
    return FootageLine(**_line(footage))


def told(page: RecordPage) -> FootageAnswer:
    """All that there is of it."""
    footage = page.footage
    return FootageAnswer(
        **_line(footage),
        info=footage.info,
        scraped=footage.scraped,
        frames=[_frame_told(frame) for frame in page.frames],
        history=_in_order([*page.events, *page.frame_events]),
        transcript=SpeechTold.model_validate(page.speech) if page.speech else None,
        made=MadeOfIt(
            title=footage.made_title,
            description=footage.made_description,
            tags=footage.tags or [],
            describer=footage.describer,
        ),
        job_id=page.jobs[0].id if page.jobs else page.frame_job_id,
    )


def hit_told(hit: Hit) -> FootageFound:
    """What a search has found."""
    same = {name: getattr(hit, name) for name in FootageFound.model_fields if name not in ("id", "thumbnail_url")}
    return FootageFound(id=hit.footage_id, thumbnail_url=file_address(hit.footage_id, hit.thumbnail_key), **same)


def file_address(footage_id: str, key: str | None) -> str | None:
    """Where a file of the storage is had."""
    if key is None:
        return None
    name = key.removeprefix(files.key_of(footage_id, ""))
    return url_for("media.footage_file", footage_id=footage_id, name=name)


def _line(footage: Footage) -> dict[str, Any]:
    same = {name: getattr(footage, name) for name in FootageLine.model_fields if name not in _OWN_NAMES}
    return same | {
        "metadata": footage.judgement,
        "source": None if (footage.source or "").startswith(UPLOAD_PREFIX) else footage.source,
        "video_url": file_address(footage.id, footage.media_key),
        "poster_url": file_address(footage.id, footage.poster_key),
        "sheet_url": file_address(footage.id, footage.sheet_key),
        "retry_at": clock.iso(footage.retry_at),
    }


def _frame_told(frame: Frame) -> FrameTold:
    own = {"thumbnail_url", "retry_at"}
    same = {name: getattr(frame, name) for name in FrameTold.model_fields if name not in own}
    return FrameTold(
        **same,
        thumbnail_url=file_address(frame.footage_id, frame.thumbnail_key),
        retry_at=clock.iso(frame.retry_at),
    )


def _in_order(events: Iterable[FootageEvent]) -> list[EventTold]:
    return [EventTold.model_validate(event) for event in sorted(events, key=lambda event: event.id)]
