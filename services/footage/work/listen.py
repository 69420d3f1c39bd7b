"""Step 5, of the footage itself: what is said in it. Its frames come after it."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from errors import Conflict
from extensions import current_settings, db
from services import transcribing
from services.footage import files, speech, states
from services.footage.context import Context, Done
from services.footage.judged import judge_as_it_goes_on
from services.footage.reads import get_footage
from services.media.ffmpeg import MediaError
from services.transcribing import language
from services.transcribing.listening import ENGINE_MAX_CHARS, Heard, Listening, language_of, segments_of
from services.transcribing.protocol import Engine
from services.transcribing.results import Segment

NO_ENGINE = "none"  # listened
NO_SOUND = "It has no sound track, so there was nothing to listen to."


def listen(footage_id: str, context: Context) -> Done:
    """Keep what is said in a record, going on behind the pieces that an earlier run kept.

    Footage without sound, or in which nothing is understood, goes on without words: the note says why.

    :raise StepProblem: if its file is not in the storage any more.
    :raise Conflict: if it was moved on by somebody else meanwhile.
    """
    footage = get_footage(footage_id)
    media_key, duration_seconds, has_sound = footage.media_key, footage.duration_seconds, bool(footage.audio_codec)
    db.session.rollback()
    if not has_sound or media_key is None:
        return _done(footage_id, NO_ENGINE, None, (), NO_SOUND)
    engine = transcribing.load(current_settings())
    try:
        with files.recording(context, media_key) as (source, folder):
            heard = _heard(footage_id, engine, source, folder, context, duration_seconds or 0.0)
    except MediaError as e:  # its picture can be looked at all the same
        return _done(footage_id, NO_ENGINE, None, (), f"Its sound could not be read: {e.message}")
    return _told(footage_id, engine.name, heard)


def _heard(
    footage_id: str, engine: Engine, source: Path, folder: Path, context: Context, duration_seconds: float
) -> Sequence[Heard]:
    kept = speech.FootagePieces(footage_id, engine.name[:ENGINE_MAX_CHARS], context)
    heard = Listening(engine, kept, folder, context.checkpoint).go(source, duration_seconds, context.reached)
    if heard is None:
        raise Conflict(f"{footage_id} was moved on by somebody else meanwhile.", code="moved_on")
    return heard


def _told(footage_id: str, engine_name: str, heard: Sequence[Heard]) -> Done:
    segments, spoken = segments_of(heard), language_of(heard)
    if not language.is_understood([(one.part.language, one.part.segments) for one in heard]):
        return _done(footage_id, engine_name, language.UNDETERMINED, (), f"{language.not_understood(engine_name)}.")
    words = sum(len(segment.text.split()) for segment in segments)
    note = f"{words:,} {'word was' if words == 1 else 'words were'} heard." if words else "Nothing is said in it."
    return _done(footage_id, engine_name, spoken, segments, note)


def _done(footage_id: str, engine_name: str, spoken: str | None, segments: Sequence[Segment], note: str) -> Done:
    name = engine_name[:ENGINE_MAX_CHARS]

    def keep(session: Session) -> None:
        speech.keep_whole(session, footage_id, name, spoken, segments)
        judge_as_it_goes_on(session, footage_id)

    return Done(states.PROCESSING_FRAME_INFO, values={"language": spoken}, note=note, also=keep)
