"""Step 6: title, description and tags from all that is known of a record, then embeddings of it and of its frames."""

from collections.abc import Sequence

import numpy as np
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from errors import Conflict
from extensions import current_settings, db
from models import FootageSpeech, Frame
from services import describing, embedding
from services.footage import moves, states, telling
from services.footage.context import Context, Done
from services.footage.problems import StepProblem
from services.footage.reads import get_footage

BATCH = 16
DESCRIBED_SHARE = 0.3  # of the work, roughly


def describe(footage_id: str, context: Context) -> Done:
    """As `services.footage.context` says. What was described already, before a kill, is not described again.

    :raise TransientError, Refused: if a model that is asked elsewhere does not answer.
    :raise StepProblem: if all of its frames have failed.
    :raise Conflict: if one of its frames has a way to go, or somebody else has moved it on.
    """
    status = get_footage(footage_id).status
    db.session.rollback()
    if status == states.PROCESSING_FRAME_INFO:
        _describe(footage_id, context)
    context.reached(DESCRIBED_SHARE)
    return _embed(footage_id, context)


def _describe(footage_id: str, context: Context) -> None:
    """Write what was made of it; the record and all its frames begin to be embedded together."""
    footage, frames = get_footage(footage_id), _frames(footage_id, states.FRAME_AUDIO_TRANSCRIBED)
    if not frames:
        _refuse_without_frames(footage_id)
    facts = telling.facts_of(footage, frames, db.session.get(FootageSpeech, footage_id))
    note = _left_out(footage_id)
    db.session.rollback()
    describer = describing.load(current_settings())
    made = describer.describe(facts)
    context.checkpoint()
    values = {
        "made_title": made.title,
        "made_description": made.description,
        "tags": list(made.tags),
        "describer": describer.name,
    }
    with context.saving() as session:
        _refuse_before_its_frames(session, footage_id)
        cause = context.cause(note)
        at, to = states.PROCESSING_FRAME_INFO, states.GENERATING_EMBEDDINGS
        if not moves.move_footage(session, footage_id, at, to, cause, values):
            raise Conflict(f"{footage_id} has been moved on by somebody else; its description is dropped.")
        at, to = states.FRAME_AUDIO_TRANSCRIBED, states.FRAME_GENERATING_EMBEDDINGS
        moves.move_frames(session, footage_id, at, to, context.cause())


def _refuse_without_frames(footage_id: str) -> None:
    """Words alone would complete a record that nobody has looked at, and nobody could bring its frames back then.

    :raise StepProblem: if its frames have failed for good, for a person to have them taken up again.
    """
    failed = _frames(footage_id, states.FAILED)
    if failed:
        why = failed[0].error or "their work failed for good."
        raise StepProblem(f"None of its frames could be looked at: {why}", code="no_frame_seen", is_final=True)


def _refuse_before_its_frames(session: Session, footage_id: str) -> None:
    """A person may have had failed frames taken up again while it was described without them."""
    unfinished = select(Frame.position).where(
        Frame.footage_id == footage_id, Frame.status.in_(states.UNFINISHED_FRAMES)
    )
    position = session.scalar(unfinished.order_by(Frame.position).limit(1))
    if position is not None:
        raise Conflict(f"Frame {position} of {footage_id} has been taken up again; it is described after that.")


def _left_out(footage_id: str) -> str:
    """A sentence on the frames that have failed for good; empty if none has."""
    failed = [str(frame.position) for frame in _frames(footage_id, states.FAILED)]
    if not failed:
        return ""
    name = "frame" if len(failed) == 1 else "frames"
    return f"Left out, for their work failed for good: {name} {', '.join(failed)}."


def _embed(footage_id: str, context: Context) -> Done:
    frames = _frames(footage_id, states.FRAME_GENERATING_EMBEDDINGS)
    ids, texts = [frame.id for frame in frames], [telling.text_of_frame(frame) for frame in frames]
    texts.append(telling.text_of_footage(get_footage(footage_id)))
    db.session.rollback()
    embedder = embedding.load(current_settings())
    *of_frames, of_footage = _vectors(embedder, texts, context)

    def keep(session: Session) -> None:
        rows = [
            {"id": id, "embedding": _as_bytes(vector), "embedder": embedder.name}
            for id, vector in zip(ids, of_frames, strict=True)
        ]
        if rows:
            session.execute(update(Frame), rows)
        at, to = states.FRAME_GENERATING_EMBEDDINGS, states.FRAME_COMPLETE
        moves.move_frames(session, footage_id, at, to, context.cause())

    values = {"embedding": _as_bytes(of_footage), "embedder": embedder.name}
    return Done(states.COMPLETE, values, also=keep)


def _vectors(embedder: embedding.Embedder, texts: Sequence[str], context: Context) -> list[embedding.Vector]:
    found: list[embedding.Vector] = []
    for start in range(0, len(texts), BATCH):
        context.checkpoint()
        found.extend(embedder.embed(texts[start : start + BATCH]))
        context.reached(DESCRIBED_SHARE + (1 - DESCRIBED_SHARE) * len(found) / len(texts))
    return found


def _as_bytes(vector: embedding.Vector) -> bytes:
    return np.asarray(vector, dtype="<f4").tobytes()


def _frames(footage_id: str, status: str) -> Sequence[Frame]:
    at_status = select(Frame).where(Frame.footage_id == footage_id, Frame.status == status).order_by(Frame.position)
    return db.session.scalars(at_status).all()
