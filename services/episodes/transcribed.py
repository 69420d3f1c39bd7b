"""The stage `transcribed`: what is said, kept piece by piece while it is listened to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from errors import TransientError
from extensions import current_settings, db, db_now
from models import Episode, Job, Transcript, TranscriptPart
from services import transcribing
from services.episodes import bars, files
from services.episodes.reads import EPISODE, get_episode
from services.episodes.recording import Recording
from services.episodes.segments import from_json, to_json
from services.episodes.stages import TRANSCRIBED, has_reached
from services.jobs import states
from services.jobs.work import Work
from services.media import stored
from services.transcribing import audio, formats, language, pieces
from services.transcribing.protocol import Engine
from services.transcribing.results import Part, Segment

log = structlog.get_logger(__name__)

SOUND_SHARE = 0.03  # of the bar: taking the sound out of the recording
ENGINE_MAX_CHARS = 60
MAX_ROUNDS = 3  # another job of the same episode may take pieces away while this one listens


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the sound, in seconds from its start; `position` counts from 0."""

    position: int
    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Listening:
    """One run of an engine through a recording; its pieces are kept under the name `run`."""

    engine: Engine
    run: str
    recording: Recording
    work: Work

    def go(self, sound: Path, wanted: Sequence[Piece], reached: Callable[[float], None]) -> list[TranscriptPart] | None:
        """Listen to the pieces that are not kept yet, and keep each; all of them, in order.

        None where another job has brought the episode to this stage meanwhile, and this one is not to start over.

        :raise TransientError: if some are taken away again and again.
        """
        for _ in range(MAX_ROUNDS):
            self._round(sound, self._left(wanted), wanted, reached)
            if self.is_done_by_another():
                return None
            parts = [part for part in self.parts() if _piece(part) in set(wanted)]
            if len(parts) == len(wanted):
                return parts
        raise TransientError("Another job on this episode was at the same pieces; it is tried again.")

    def is_done_by_another(self) -> bool:
        done = has_reached(get_episode(self.recording.episode_id).stage, TRANSCRIBED)
        db.session.rollback()
        return done and not self.work.job.params["force"]

    def _round(
        self, sound: Path, left: Sequence[Piece], wanted: Sequence[Piece], reached: Callable[[float], None]
    ) -> None:
        log.info("pieces_left", episode_id=self.recording.episode_id, left=len(left), of=len(wanted))
        seconds, heard = sum(piece.seconds for piece in left), 0.0
        for piece in left:
            until = heard + piece.seconds
            self._keep(piece, self._hear(sound, piece, bars.within(reached, heard / seconds, until / seconds)))
            heard = until
            reached(heard / seconds)

    def _left(self, wanted: Sequence[Piece]) -> list[Piece]:
        kept = {_piece(part) for part in self.parts()}
        return [piece for piece in wanted if piece not in kept]

    def _hear(self, sound: Path, piece: Piece, reached: Callable[[float], None]) -> Part:
        self.work.checkpoint()
        cut = self.recording.folder / "piece.wav"
        audio.cut(sound, cut, start=piece.start, end=piece.end)
        return self.engine.transcribe(
            cut, start_seconds=piece.start, on_progress=reached, checkpoint=self.work.checkpoint
        )

    def _keep(self, piece: Piece, part: Part) -> None:
        row = TranscriptPart(
            episode_id=self.recording.episode_id,
            engine=self.run,
            position=piece.position,
            start_seconds=piece.start,
            end_seconds=piece.end,
            language=part.language,
            segments=to_json(part.segments),
        )
        with self.work.saving() as session:
            session.merge(row)

    def parts(self) -> list[TranscriptPart]:
        """The pieces that are kept, in order."""
        kept = select(TranscriptPart).where(
            TranscriptPart.episode_id == self.recording.episode_id, TranscriptPart.engine == self.run
        )
        parts = list(db.session.scalars(kept.order_by(TranscriptPart.position)))
        db.session.expunge_all()
        db.session.rollback()  # the database ends a transaction that stands still for as long as an engine may take
        return parts

    def save(self, spoken: str | None, segments: Sequence[Segment]) -> None:
        """Keep the whole in place of its pieces; what another job has made meanwhile stays."""
        episode_id = self.recording.episode_id
        with self.work.saving() as session:
            # Two jobs may be at one episode, of which the second waits here.
            episode = session.get_one(Episode, episode_id, with_for_update=True, populate_existing=True)
            if self.work.job.params["force"] or not has_reached(episode.stage, TRANSCRIBED):
                keep(session, episode, self.engine.name, spoken, segments)
            self._forget_parts(session)

    def _forget_parts(self, session: Session) -> None:
        """Those of this run; the older ones too, unless another job may be going on behind them."""
        unneeded = delete(TranscriptPart).where(TranscriptPart.episode_id == self.recording.episode_id)
        others = select(Job.id).where(
            Job.target_type == EPISODE,
            Job.target_id == self.recording.episode_id,
            Job.type == self.work.job.type,
            Job.id != self.work.job.id,
            Job.status.in_(states.LIVE),
            Job.status != states.DEFERRED,
        )
        if session.scalar(others.limit(1)) is not None:
            unneeded = unneeded.where(TranscriptPart.engine == self.run)
        session.execute(unneeded)


def _piece(part: TranscriptPart) -> Piece:
    return Piece(part.position, part.start_seconds, part.end_seconds)


def reach(recording: Recording, work: Work) -> None:
    """Listen to a recording, going on behind the pieces that an earlier attempt kept, and keep the whole.

    :raise SpeechNotUnderstood: if the engine made nothing of most of it.
    """
    engine = transcribing.load(current_settings())
    listening = Listening(engine, run_name(engine.name, work), recording, work)
    reached = bars.begin(work.progress, "transcribing")
    sound = recording.folder / "sound.wav"
    audio.extract(
        recording.source,
        sound,
        on_progress=bars.within(reached, 0.0, SOUND_SHARE),
        checkpoint=work.checkpoint,
        duration_seconds=recording.duration_seconds,
    )
    wanted = [Piece(position, *span) for position, span in enumerate(pieces.split(sound))]
    parts = listening.go(sound, wanted, bars.within(reached, SOUND_SHARE, 1.0))
    if parts is None:
        return
    heard = [(part.language, from_json(part.segments)) for part in parts]
    language.ensure_understood(heard, engine.name)
    segments = [segment for _, said in heard for segment in said]
    _keep_texts(recording, segments)
    listening.save(language_of(parts), segments)


def run_name(engine_name: str, work: Work) -> str:
    """Under which name pieces are kept: those of a job that starts over are its own."""
    if not work.job.params["force"]:
        return engine_name[:ENGINE_MAX_CHARS]
    return f"{engine_name[: ENGINE_MAX_CHARS - len(work.job.id) - 1]}#{work.job.id}"


def language_of(parts: Sequence[TranscriptPart]) -> str | None:
    """What was spoken for the longest time; None where that could not be told."""
    seconds: dict[str, float] = {}
    for part in parts:
        if part.language is not None and part.language != language.UNDETERMINED:
            seconds[part.language] = seconds.get(part.language, 0.0) + part.end_seconds - part.start_seconds
    return max(seconds, key=seconds.__getitem__) if seconds else None


def _keep_texts(recording: Recording, segments: Sequence[Segment]) -> None:
    """Keep what players and people read, beside the recording."""
    texts = {
        files.CAPTIONS: formats.as_vtt(segments),
        files.SUBTITLES: formats.as_srt(segments),
        files.TRANSCRIPT: formats.as_text(segments),
    }
    for name, text in texts.items():
        path = recording.folder / name
        path.write_text(text)
        stored.storage().put(files.key_of(recording.episode_id, name), path)


def keep(session: Session, episode: Episode, engine: str, spoken: str | None, segments: Sequence[Segment]) -> None:
    """Keep the whole. What was found in an older transcript is for the next stage to replace."""
    now = session.scalar(select(db_now())) or 0.0
    session.merge(
        Transcript(
            episode_id=episode.id,
            engine=engine[:ENGINE_MAX_CHARS],
            language=spoken,
            segments=to_json(segments),
            text=formats.as_text(segments),
            created_at=now,
        )
    )
    episode.stage, episode.language, episode.updated_at = TRANSCRIBED, spoken, now
