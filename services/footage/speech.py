"""What is said in a piece of footage: kept piece by piece while it is listened to, then as a whole."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from extensions import db, db_now
from models import Footage, FootageSpeech, FootageSpeechPart, Frame
from services.footage import states
from services.footage.context import Context
from services.footage.reads import no_such_footage
from services.transcribing import formats
from services.transcribing.listening import Heard, Piece
from services.transcribing.results import Part, Segment
from services.transcribing.segments import from_json, to_json

BEFORE_LISTENING = (states.CREATING_FRAMES, states.SCRAPING_URL)


@dataclass(frozen=True, slots=True)
class FootagePieces:
    """The pieces that an engine has heard of a record: `listening.Kept`."""

    footage_id: str
    engine_name: str
    context: Context

    def pieces(self) -> list[Heard]:
        kept = (
            select(FootageSpeechPart)
            .where(FootageSpeechPart.footage_id == self.footage_id, FootageSpeechPart.engine == self.engine_name)
            .order_by(FootageSpeechPart.position)
        )
        found = [_heard(row) for row in db.session.scalars(kept)]
        db.session.expunge_all()
        db.session.rollback()  # an engine may take minutes, and the database ends a transaction that stands still
        return found

    def keep(self, heard: Heard) -> None:
        row = FootageSpeechPart(
            footage_id=self.footage_id,
            engine=self.engine_name,
            position=heard.piece.position,
            start_seconds=heard.piece.start,
            end_seconds=heard.piece.end,
            language=heard.part.language,
            segments=to_json(heard.part.segments),
        )
        with self.context.saving() as session:
            session.merge(row)

    def is_done_by_another(self) -> bool:
        status = db.session.scalar(select(Footage.status).where(Footage.id == self.footage_id))
        db.session.rollback()
        if status is None:
            raise no_such_footage(self.footage_id)
        return status not in BEFORE_LISTENING


def keep_whole(
    session: Session, footage_id: str, engine_name: str, language: str | None, segments: Iterable[Segment]
) -> None:
    """Keep all that is said in place of its pieces."""
    said = list(segments)
    session.execute(delete(FootageSpeechPart).where(FootageSpeechPart.footage_id == footage_id))
    session.merge(
        FootageSpeech(
            footage_id=footage_id,
            engine=engine_name,
            language=language,
            segments=to_json(said),
            text=formats.as_text(said),
            created_at=session.scalar(select(db_now())) or 0.0,
        )
    )


def said_in(frame: Frame) -> str:
    """What is said in the stretch that a frame stands for: each word belongs to one frame, the last has the rest."""
    kept = db.session.get(FootageSpeech, frame.footage_id, populate_existing=True)
    if kept is None:
        return ""
    later = select(exists().where(Frame.footage_id == frame.footage_id, Frame.position > frame.position))
    end = frame.end_seconds if db.session.scalar(later) else math.inf
    return words_between(from_json(kept.segments), frame.start_seconds, end)


def words_between(segments: Iterable[Segment], start: float, end: float) -> str:
    """The words whose middle lies there."""
    words = (word for segment in segments for word in formats.timed_words(segment))
    return " ".join(word.text for word in words if start <= (word.start + word.end) / 2 < end)


def _heard(row: FootageSpeechPart) -> Heard:
    piece = Piece(row.position, row.start_seconds, row.end_seconds)
    return Heard(piece, Part(row.language, tuple(from_json(row.segments))))
