"""The stage `enriched`: what a recording is about, and which passages of it are worth cutting out."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from extensions import db, db_now
from models import Clip, Enrichment, Episode, Rendition, Transcript
from services import enriching
from services.enriching.results import ClipCandidate, Findings
from services.episodes import bars
from services.episodes.recording import Recording
from services.episodes.stages import ENRICHED, has_reached
from services.jobs.work import Work
from services.media import stored
from services.media.scenes import scenes, silences
from services.media.shares import within
from services.transcribing.results import Segment
from services.transcribing.segments import from_json

# Shares of the bar: listening for silences is quick, looking for cuts is not.
HEARD_SHARE, SEEN_SHARE = 0.1, 0.9


def reach(recording: Recording, work: Work) -> None:
    """Find topics, chapters and clips, from what is said, heard and seen."""
    reached = bars.begin(work.progress, "enriching")
    segments = _segments(recording.episode_id)
    quiet = silences(recording.source, on_progress=within(reached, 0.0, HEARD_SHARE), checkpoint=work.checkpoint)
    cuts = scenes(recording.source, on_progress=within(reached, HEARD_SHARE, SEEN_SHARE), checkpoint=work.checkpoint)
    findings = enriching.enrich(segments, duration_seconds=recording.duration_seconds, silences=quiet, scenes=cuts)
    work.checkpoint()
    with work.saving() as session:
        gone = _keep(session, recording.episode_id, findings)
    stored.forget(gone)
    reached(1.0)


def _segments(episode_id: str) -> list[Segment]:
    segments = from_json(db.session.get_one(Transcript, episode_id, populate_existing=True).segments)
    db.session.rollback()
    return segments


def _keep(session: Session, episode_id: str, findings: Findings) -> list[str]:
    """Write down what was found; the files that belong to clips which are none any more."""
    # Two jobs may be at one episode, of which the second waits here, and finds the clips of the first.
    episode = session.get_one(Episode, episode_id, with_for_update=True, populate_existing=True)
    now = session.scalar(select(db_now())) or 0.0
    session.merge(
        Enrichment(
            episode_id=episode_id,
            version=enriching.VERSION,
            topics=[asdict(topic) for topic in findings.topics],
            key_sentences=[asdict(sentence) for sentence in findings.key_sentences],
            chapters=[asdict(chapter) for chapter in findings.chapters],
            speakers=[asdict(speaker) for speaker in findings.speakers],
            created_at=now,
        )
    )
    gone = keep_clips(session, episode_id, findings.clips, now)
    if not has_reached(episode.stage, ENRICHED):
        episode.stage = ENRICHED
    episode.updated_at = now
    return gone


def keep_clips(session: Session, episode_id: str, found: Sequence[ClipCandidate], now: float) -> list[str]:
    """Let the episode have these clips: those of the same bounds stay, with their ids and their files.

    The keys of the files of those that go, to be forgotten after the commit.
    """
    clips = session.scalars(select(Clip).where(Clip.episode_id == episode_id)).all()
    known = {_bounds(clip.start_seconds, clip.end_seconds): clip for clip in clips}
    for candidate in found:
        clip = known.pop(_bounds(candidate.start, candidate.end), None)
        if clip is None:
            clip = Clip(episode_id=episode_id, start_seconds=candidate.start, end_seconds=candidate.end, created_at=now)
            session.add(clip)
        clip.title, clip.reason, clip.score = candidate.title[:300], candidate.reason[:300], candidate.score
    gone = [clip.id for clip in known.values()]
    of_gone = select(Rendition.file_key, Rendition.poster_key).where(Rendition.clip_id.in_(gone))
    keys = [key for row in session.execute(of_gone) for key in row]
    for clip in known.values():
        session.delete(clip)
    return keys


def _bounds(start: float, end: float) -> tuple[int, int]:
    """To a hundredth of a second: finer than anybody cuts."""
    return round(start * 100), round(end * 100)
