"""Records that are at the step of their frames, with the file in the storage."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from extensions import db, transaction
from models import FootageSpeech, Frame
from services.footage import files, states
from services.media import stored
from services.transcribing.results import Segment, Word
from services.transcribing.segments import to_json
from tests.footage.contexts import footage

Moments = Sequence[tuple[float, float, float]]  # at, start, end


def with_file(footage_id: str, path: Path, **columns: Any) -> str:
    """Put a file into the storage as a record's own, and write those columns."""
    key = files.source_key(footage_id, path.name)
    stored.storage().put(key, path)
    row = footage(footage_id)
    for name, value in {"media_key": key, **columns}.items():
        setattr(row, name, value)
    db.session.commit()
    return footage_id


def add_frames(footage_id: str, moments: Moments, status: str = states.FRAME_PENDING_THUMBNAIL) -> list[int]:
    """Frames of these moments; their ids."""
    rows = [
        Frame(
            footage_id=footage_id,
            position=position,
            at_seconds=at,
            start_seconds=start,
            end_seconds=end,
            status=status,
            entered_at=0.0,
            created_at=0.0,
            updated_at=0.0,
        )
        for position, (at, start, end) in enumerate(moments, start=1)
    ]
    with transaction() as session:
        session.add_all(rows)
        session.flush()
        return [row.id for row in rows]


def add_speech(footage_id: str, *words: tuple[float, str]) -> None:
    """What is said in a record: words of half a second, each with its start."""
    said = tuple(Word(start, start + 0.5, text) for start, text in words)
    segments = [Segment(said[0].start, said[-1].end, " ".join(word.text for word in said), said)] if said else []
    with transaction() as session:
        session.add(
            FootageSpeech(
                footage_id=footage_id,
                engine="fake",
                language="en",
                segments=to_json(segments),
                text=" ".join(word.text for word in said),
                created_at=0.0,
            )
        )
