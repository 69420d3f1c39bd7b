"""Episodes as rows, with what the stages would have made of them."""

from typing import Any

import clock
from extensions import transaction
from models import Clip, Enrichment, Episode, Rendition, Transcript
from services.library import users

SENTENCES = ("The river rises in the hills.", "It is cold and clear there.", "Later it meets the sea.")


def episode(episode_id: str = "a-talk", **values: Any) -> str:
    """The id of an episode whose file is here, as it was discovered."""
    kept = {
        "title": "A talk about rivers",
        "file_name": "talk.mp4",
        "arrival": "ready",
        "media_key": f"episodes/{episode_id}/source.mkv",
        "size_bytes": 12_400_000,
        "duration_seconds": 754.2,
        "width": 1280,
        "height": 720,
    } | values
    now = clock.now()
    owner_id = users.default_owner().id
    with transaction() as session:
        session.add(Episode(**({"id": episode_id, "owner_id": owner_id, "created_at": now, "updated_at": now} | kept)))
    return episode_id


def segment(start: float, text: str, **more: Any) -> dict[str, Any]:
    """Something said at two words a second."""
    words = [
        {"start": start + place / 2, "end": start + place / 2 + 0.4, "text": word, "confidence": 0.9}
        for place, word in enumerate(text.split())
    ]
    return {"start": start, "end": words[-1]["end"], "text": text, "words": words, **more}


def transcribe(episode_id: str, *segments: dict[str, Any]) -> None:
    spoken = list(segments) or [segment(10.0 * place, text) for place, text in enumerate(SENTENCES)]
    text = " ".join(str(each["text"]) for each in spoken)
    row = {"engine": "test", "language": "en", "segments": spoken, "text": text, "created_at": clock.now()}
    with transaction() as session:
        session.add(Transcript(episode_id=episode_id, **row))
        _reach(session.get_one(Episode, episode_id), "transcribed")


def enrich(episode_id: str, **values: Any) -> None:
    found = {
        "topics": [{"name": "river", "weight": 1.0, "mentions": [0.5, 20.0]}],
        "key_sentences": [{"start": 0.0, "end": 3.0, "text": SENTENCES[0], "score": 0.9}],
        "chapters": [
            {"start": 0.0, "end": 20.0, "title": "In the hills"},
            {"start": 20.0, "end": 754.2, "title": "At the sea"},
        ],
        "speakers": [],
    } | values
    with transaction() as session:
        session.add(Enrichment(episode_id=episode_id, version="1", created_at=clock.now(), **found))
        _reach(session.get_one(Episode, episode_id), "enriched")


def clip(episode_id: str, title: str = "Where the river rises", **values: Any) -> int:
    kept = {"start_seconds": 10.0, "end_seconds": 41.5, "reason": "It answers a question.", "score": 82} | values
    row = Clip(episode_id=episode_id, title=title, created_at=clock.now(), **kept)
    with transaction() as session:
        session.add(row)
        session.flush()
        return row.id


def render(episode_id: str, clip_id: int, variant: str = "clean", aspect_ratio: str = "9x16") -> int:
    name = f"episodes/{episode_id}/clips/{clip_id}/{variant}-{aspect_ratio}"
    row = Rendition(
        clip_id=clip_id,
        variant=variant,
        aspect_ratio=aspect_ratio,
        file_key=f"{name}.mp4",
        poster_key=f"{name}.jpg",
        width=1080,
        height=1920,
        duration_seconds=31.5,
        size_bytes=4_200_000,
        created_at=clock.now(),
    )
    with transaction() as session:
        session.add(row)
        session.flush()
        return row.id


def make_web_ready(episode_id: str) -> None:
    with transaction() as session:
        row = session.get_one(Episode, episode_id)
        row.web_key, row.poster_key = f"episodes/{episode_id}/web.mp4", f"episodes/{episode_id}/poster.jpg"
        _reach(row, "rendered")


def _reach(row: Episode, stage: str) -> None:
    row.stage, row.updated_at = stage, clock.now()
