"""What the pages of episodes show: one query object for each, at a constant number of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import defer

from errors import NotFound
from extensions import db
from models import Clip, Enrichment, Episode, Job, Rendition, Transcript
from services.jobs import states
from services.library import newest
from services.library.pages import checked_limit

EPISODE = "episode"  # the target type of an episode's jobs
LIVE_JOBS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class ClipWithFiles:
    """A clip, and the files made of it by variant and aspect ratio."""

    clip: Clip
    renditions: Sequence[Rendition]


@dataclass(frozen=True, slots=True)
class EpisodePage:
    """All that the page of one episode shows. `jobs` are live, the newest first; `last_ended` is the newest that is
    over, so that a failure can be told of. Both are jobs of their own, no parts of larger ones."""

    episode: Episode
    transcript: Transcript | None
    enrichment: Enrichment | None
    clips: Sequence[ClipWithFiles]
    jobs: Sequence[Job]
    last_ended: Job | None


@dataclass(frozen=True, slots=True)
class EpisodeLine:
    """An episode in a list; `jobs` are its live ones, the newest first."""

    episode: Episode
    clip_count: int
    jobs: Sequence[Job]


@dataclass(frozen=True, slots=True)
class EpisodeList:
    lines: Sequence[EpisodeLine]
    next_cursor: str | None


def no_such_episode(episode_id: str) -> NotFound:
    return NotFound(f"There is no episode {episode_id[:80]!r}.", code="no_such_episode")


def get_episode(episode_id: str) -> Episode:
    """:raise NotFound: if there is no such episode."""
    episode = db.session.get(Episode, episode_id, populate_existing=True)
    if episode is None:
        raise no_such_episode(episode_id)
    return episode


def episode_page(episode_id: str) -> EpisodePage:
    """:raise NotFound: if there is no such episode."""
    return EpisodePage(
        episode=get_episode(episode_id),
        transcript=db.session.get(Transcript, episode_id, populate_existing=True),
        enrichment=db.session.get(Enrichment, episode_id, populate_existing=True),
        clips=clips_of(episode_id),
        jobs=live_jobs([episode_id]).get(episode_id, ()),
        last_ended=_last_ended(episode_id),
    )


def clips_of(episode_id: str) -> list[ClipWithFiles]:
    """The clips of an episode in the order in which they are spoken, each with its files."""
    clips = db.session.scalars(
        select(Clip)
        .where(Clip.episode_id == episode_id)
        .order_by(Clip.start_seconds, Clip.id)
        .execution_options(populate_existing=True)
    ).all()
    files: dict[int, list[Rendition]] = {clip.id: [] for clip in clips}
    in_order = select(Rendition).join(Clip).where(Clip.episode_id == episode_id).order_by(Rendition.id)
    for rendition in db.session.scalars(in_order.execution_options(populate_existing=True)):
        files.setdefault(rendition.clip_id, []).append(rendition)
    return [ClipWithFiles(clip, files[clip.id]) for clip in clips]


def live_jobs(episode_ids: Sequence[str]) -> Mapping[str, Sequence[Job]]:
    """What is under way for each of these episodes, the newest first, without parts of larger jobs."""
    jobs = db.session.scalars(
        select(Job)
        .where(*_jobs_on(episode_ids), Job.status.in_(states.LIVE))
        .order_by(Job.id.desc())
        .limit(LIVE_JOBS_SHOWN * max(1, len(episode_ids)))
        .options(defer(Job.error_detail))
        .execution_options(populate_existing=True)
    )
    found: dict[str, list[Job]] = {}
    for job in jobs:
        found.setdefault(job.target_id or "", []).append(job)
    return found


def _last_ended(episode_id: str) -> Job | None:
    ended = select(Job).where(*_jobs_on([episode_id]), Job.status.in_(states.ENDED)).order_by(Job.id.desc())
    return db.session.scalar(ended.limit(1).options(defer(Job.error_detail)))


def _jobs_on(episode_ids: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    return Job.target_type == EPISODE, Job.target_id.in_(episode_ids), Job.parent_id.is_(None)


def episode_list(owner_id: int, *, cursor: str | None = None, q: str = "", limit: int = 50) -> EpisodeList:
    """A page of somebody's episodes, the newest first; `q` is words that must all occur in the title or the id.

    :raise InvalidInput: naming the argument that is not acceptable.
    """
    checked_limit(limit)
    wanted = [Episode.owner_id == owner_id, *newest.matching(q, (Episode.title, Episode.id))]
    wanted += newest.behind(cursor, Episode.created_at, Episode.id)
    newest_first = select(Episode).where(*wanted).order_by(Episode.created_at.desc(), Episode.id.desc())
    found = db.session.scalars(newest_first.limit(limit + 1).execution_options(populate_existing=True)).all()
    shown = found[:limit]
    ids = [episode.id for episode in shown]
    counts, jobs = _clip_counts(ids), live_jobs(ids)
    lines = [EpisodeLine(each, counts.get(each.id, 0), jobs.get(each.id, ())) for each in shown]
    next_cursor = newest.cursor_behind(shown[-1].created_at, shown[-1].id) if len(found) > limit else None
    return EpisodeList(lines, next_cursor)


def _clip_counts(episode_ids: Sequence[str]) -> dict[str, int]:
    counted = select(Clip.episode_id, func.count()).where(Clip.episode_id.in_(episode_ids)).group_by(Clip.episode_id)
    return dict(db.session.execute(counted).all())
