"""Bringing an episode from stage to stage, each kept as soon as it is done, so that a lost worker costs none."""

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from sqlalchemy import func, select

from errors import Conflict
from extensions import db
from models import Clip, Transcript
from services.episodes import enriched, transcribed, web_ready
from services.episodes.reads import get_episode
from services.episodes.recording import Recording
from services.episodes.render import page_of
from services.episodes.stages import ENRICHED, RENDERED, STEP_TO, TRANSCRIBED, stage_that_counts, stages_left
from services.jobs.work import Outcome, Work
from services.media import stored
from services.media.scratch import scratch

log = structlog.get_logger(__name__)

_REACH: Mapping[str, Callable[[Recording, Work], None]] = {
    TRANSCRIBED: transcribed.reach,
    ENRICHED: enriched.reach,
    RENDERED: web_ready.reach,
}


def process_episode(episode_id: str, work: Work) -> Outcome:
    """Go through the stages that are left up to the one that was asked for.

    :raise NotFound: if the episode is gone, or its file.
    :raise Conflict: if its file is not here, or cannot be used.
    """
    left = _stages_left(episode_id, work)
    log.info("stages_left", episode_id=episode_id, stages=left)
    if left:
        _go_through(episode_id, left, work)
    return Outcome(result=_told(episode_id), result_url=page_of(episode_id))


def _stages_left(episode_id: str, work: Work) -> tuple[str, ...]:
    counts = stage_that_counts(
        get_episode(episode_id).stage,
        force=work.job.params["force"],
        transcript_made_by=db.session.scalar(select(Transcript.job_id).where(Transcript.episode_id == episode_id)),
        job_id=work.job.id,
    )
    return stages_left(counts, work.job.params["target_stage"])


def _go_through(episode_id: str, left: tuple[str, ...], work: Work) -> None:
    episode = get_episode(episode_id)
    if episode.arrival != "ready" or episode.media_key is None:
        sentence = episode.problem_text or "Its file is not here."
        raise Conflict(sentence, code=episode.problem or "not_here_yet")
    media_key, duration_seconds = episode.media_key, episode.duration_seconds or 0.0
    work.progress.only({STEP_TO[stage] for stage in left})
    db.session.rollback()  # the database ends a transaction that stands still for as long as these may take
    with scratch(work.job.id, work.job.attempt) as folder, stored.storage().local_copy(media_key, folder) as source:
        recording = Recording(episode_id, source, folder, duration_seconds)
        for stage in left:
            work.checkpoint()
            _REACH[stage](recording, work)


def _told(episode_id: str) -> dict[str, Any]:
    episode = get_episode(episode_id)
    clips = db.session.scalar(select(func.count()).where(Clip.episode_id == episode_id)) or 0
    return {"episode_id": episode_id, "stage": episode.stage, "language": episode.language, "clips": clips}
