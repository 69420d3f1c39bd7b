"""The stage `transcribed`: what is said, kept piece by piece while it is listened to."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from extensions import current_settings, db, db_now
from models import Episode, Job, Transcript, TranscriptPart
from services import transcribing
from services.episodes import bars, files
from services.episodes.reads import EPISODE, get_episode
from services.episodes.recording import Recording
from services.episodes.stages import TRANSCRIBED, has_reached
from services.jobs import states
from services.jobs.work import Work
from services.media import stored
from services.transcribing import formats, language
from services.transcribing.listening import ENGINE_MAX_CHARS, Heard, Listening, Piece, language_of, segments_of
from services.transcribing.protocol import Engine
from services.transcribing.results import Part, Segment
from services.transcribing.segments import from_json, to_json


@dataclass(frozen=True, slots=True)
class EpisodePieces:
    """The pieces of one run of an engine, which are kept under the name `run`, as rows of the episode."""

    engine: Engine
    run: str
    recording: Recording
    work: Work

    def is_done_by_another(self) -> bool:
        """Whether another job has brought the episode to this stage, and this one is not to start over."""
        done = has_reached(get_episode(self.recording.episode_id).stage, TRANSCRIBED)
        db.session.rollback()
        return done and not self.work.job.params["force"]

    def keep(self, heard: Heard) -> None:
        """As `listening.Kept` says."""
        row = TranscriptPart(
            episode_id=self.recording.episode_id,
            engine=self.run,
            position=heard.piece.position,
            start_seconds=heard.piece.start,
            end_seconds=heard.piece.end,
            language=heard.part.language,
            segments=to_json(heard.part.segments),
        )
        with self.work.saving() as session:
            session.merge(row)

    def pieces(self) -> list[Heard]:
        """As `listening.Kept` says."""
        kept = select(TranscriptPart).where(
            TranscriptPart.episode_id == self.recording.episode_id, TranscriptPart.engine == self.run
        )
        found = [_heard(row) for row in db.session.scalars(kept.order_by(TranscriptPart.position))]
        db.session.expunge_all()
        db.session.rollback()  # the database ends a transaction that stands still for as long as an engine may take
        return found

    def save(self, spoken: str | None, segments: Sequence[Segment]) -> None:
        """Keep the whole in place of its pieces; what another job has made meanwhile stays."""
        episode_id = self.recording.episode_id
        with self.work.saving() as session:
            # Two jobs may be at one episode, of which the second waits here.
            episode = session.get_one(Episode, episode_id, with_for_update=True, populate_existing=True)
            if self.work.job.params["force"] or not has_reached(episode.stage, TRANSCRIBED):
                keep(session, episode, self.engine.name, spoken, segments, job_id=self.work.job.id)
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


def _heard(row: TranscriptPart) -> Heard:
    piece = Piece(row.position, row.start_seconds, row.end_seconds)
    return Heard(piece, Part(row.language, tuple(from_json(row.segments))))


def reach(recording: Recording, work: Work) -> None:
    """Listen to a recording, going on behind the pieces that an earlier attempt kept, and keep the whole.

    :raise SpeechNotUnderstood: if the engine made nothing of most of it.
    """
    engine = transcribing.load(current_settings())
    kept = EpisodePieces(engine, run_name(engine.name, work), recording, work)
    reached = bars.begin(work.progress, "transcribing")
    listening = Listening(engine, kept, recording.folder, work.checkpoint)
    heard = listening.go(recording.source, recording.duration_seconds, reached)
    if heard is None:
        return
    language.ensure_understood([(one.part.language, one.part.segments) for one in heard], engine.name)
    segments = segments_of(heard)
    _keep_texts(recording, segments)
    kept.save(language_of(heard), segments)


def run_name(engine_name: str, work: Work) -> str:
    """Under which name pieces are kept: those of a job that starts over are its own."""
    if not work.job.params["force"]:
        return engine_name[:ENGINE_MAX_CHARS]
    return f"{engine_name[: ENGINE_MAX_CHARS - len(work.job.id) - 1]}#{work.job.id}"


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


def keep(
    session: Session, episode: Episode, engine: str, spoken: str | None, segments: Sequence[Segment], *, job_id: str
) -> None:
    """Keep the whole, as made by that job. What was found in an older transcript is for the next stage to replace."""
    now = session.scalar(select(db_now())) or 0.0
    session.merge(
        Transcript(
            episode_id=episode.id,
            engine=engine[:ENGINE_MAX_CHARS],
            language=spoken,
            segments=to_json(segments),
            text=formats.as_text(segments),
            job_id=job_id,
            created_at=now,
        )
    )
    episode.stage, episode.language, episode.updated_at = TRANSCRIBED, spoken, now
