"""Episodes that a running Backbeat has already processed, with a real file to play."""

from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import clock
from clients.storage import Storage
from models import Clip, Enrichment, Episode, Rendition, Transcript, User
from tests.made_media import ffmpeg
from tests.stack import Stack

WORDS_PER_SEGMENT = 10
SECONDS_PER_WORD = 0.36  # 20,000 words in two hours


def tone(path: Path, seconds: float, size: str = "320x180") -> Path:
    """A video of a test picture with a tone, small, which every browser plays."""
    picture, sound = f"testsrc2=size={size}:rate=10", "sine=frequency=220"
    inputs = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, "-t", str(seconds)]
    encoding = ["-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "10", "-movflags", "+faststart"]
    ffmpeg([*inputs, *encoding, str(path)])
    return path


def spoken(number: int, word: str = "word") -> list[dict[str, Any]]:
    """Segments of numbered words, one after the other."""
    segments = []
    for first in range(0, number, WORDS_PER_SEGMENT):
        words = [
            {
                "start": place * SECONDS_PER_WORD,
                "end": (place + 0.9) * SECONDS_PER_WORD,
                "text": f"{word}{place}",
                "confidence": 1.0,
            }
            for place in range(first, min(first + WORDS_PER_SEGMENT, number))
        ]
        text = " ".join(str(each["text"]) for each in words)
        segments.append({"start": words[0]["start"], "end": words[-1]["end"], "text": text, "words": words})
    return segments


def processed(stack: Stack, video: Path, *, words: int, episode_id: str = "a-talk", title: str = "A talk") -> str:
    """The address of an episode's page, with a transcript, two chapters and a clip."""
    _store(stack, video, f"episodes/{episode_id}/web.mp4")
    length, now = words * SECONDS_PER_WORD, clock.now()
    with Session(stack.engine) as session, session.begin():
        owner_id = session.scalars(select(User.id).order_by(User.id)).first()
        session.add(
            Episode(
                id=episode_id,
                owner_id=owner_id,
                title=title,
                file_name="talk.mp4",
                arrival="ready",
                stage="rendered",
                media_key=f"episodes/{episode_id}/web.mp4",
                web_key=f"episodes/{episode_id}/web.mp4",
                duration_seconds=length,
                width=320,
                height=180,
                size_bytes=video.stat().st_size,
                created_at=now,
                updated_at=now,
            )
        )
        session.flush()
        segments = spoken(words)
        text = " ".join(str(each["text"]) for each in segments)
        row = {"engine": "test", "language": "en", "segments": segments, "text": text}
        session.add(Transcript(episode_id=episode_id, created_at=now, **row))
        session.add(_found(episode_id, length))
        _add_clip(session, stack, video, episode_id)
    return f"/library/episodes/{episode_id}"


def _found(episode_id: str, length: float) -> Enrichment:
    return Enrichment(
        episode_id=episode_id,
        version="1",
        topics=[{"name": "rivers and the sea", "weight": 1.0, "mentions": [1.0, 3.0]}],
        key_sentences=[{"start": 1.0, "end": 3.0, "text": "The river rises in the hills.", "score": 0.9}],
        chapters=[
            {"start": 0.0, "end": 5.0, "title": "In the hills"},
            {"start": 5.0, "end": length, "title": "At the sea, with a title so long that it has to wrap on a phone"},
        ],
        speakers=[{"name": "Speaker A", "seconds": length}],
        created_at=clock.now(),
    )


def _add_clip(session: Session, stack: Stack, video: Path, episode_id: str) -> None:
    reason = "It answers a question, and begins and ends with a pause."
    times = {"start_seconds": 2.0, "end_seconds": 7.0, "created_at": clock.now()}
    clip = Clip(episode_id=episode_id, title="Where the river rises", reason=reason, score=82, **times)
    other = Clip(episode_id=episode_id, title="At the sea", reason=reason, score=41, **times)
    session.add_all([clip, other])
    session.flush()
    for variant in ("clean", "subtitled"):
        for ratio in ("9x16", "1x1"):
            name = f"episodes/{episode_id}/clips/{clip.id}/{variant}-{ratio}"
            _store(stack, video, f"{name}.mp4")
            facts = {"width": 1080, "height": 1920, "duration_seconds": 5.0, "size_bytes": video.stat().st_size}
            keys = {"file_key": f"{name}.mp4", "poster_key": f"{name}.jpg"}
            _store(stack, _still(video), f"{name}.jpg")
            values = {"clip_id": clip.id, "variant": variant, "aspect_ratio": ratio, "created_at": clock.now()}
            session.add(Rendition(**values, **keys, **facts))


def _still(video: Path) -> Path:
    """The first picture of a video."""
    picture = video.with_suffix(".jpg")
    if not picture.is_file():
        ffmpeg(["-i", str(video), "-frames:v", "1", str(picture)])
    return picture


def _store(stack: Stack, file: Path, key: str) -> None:
    Storage.of(stack.settings).put(key, file)
