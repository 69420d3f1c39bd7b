"""Asking for work on an episode: what is refused, what is under way already, and what waits for what."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from errors import Conflict, InvalidInput, Unavailable
from extensions import db, transaction
from models import Episode, Job
from services.episodes import line, reads
from services.episodes.files_wanted import ASPECT_RATIOS, VARIANTS
from services.episodes.reads import EPISODE, get_episode
from services.episodes.stages import ENRICHED, RENDERED, has_reached
from services.jobs import states
from services.jobs.registry import DEFAULT
from services.jobs.submit import Submission, keep, promise, submit
from services.webhooks import endpoints

PROCESS, RENDER_CLIPS, TAKE_IN = "process_episode", "render_clips", "take_in_episode"
SHOWN_IDS = 20


@dataclass(frozen=True, slots=True)
class Wishes:
    """What may be said with any order. `asker_id` is whose endpoint `webhook_url` is."""

    asker_id: int
    priority: str = DEFAULT
    force: bool = False
    webhook_url: str | None = None


@dataclass(frozen=True, slots=True)
class ClipsWanted:
    """`clip_ids` of None are all that there are once the job begins."""

    clip_ids: Sequence[int] | None = None
    variants: Sequence[str] = VARIANTS
    aspect_ratios: Sequence[str] = ASPECT_RATIOS


@dataclass(frozen=True, slots=True)
class Taken:
    """The job that will do it, a sentence about it, and the secret of an endpoint that was made for it."""

    submission: Submission
    message: str
    webhook_secret: str | None = None


def order_processing(episode_id: str, wishes: Wishes, target_stage: str = RENDERED) -> Taken:
    """Bring an episode to a stage. Where it is there already the job ends at once.

    :raise NotFound: if there is no such episode.
    :raise Conflict: if its file cannot be used, or has not come.
    :raise InvalidInput: if the webhook's address is none that may be called.
    """
    episode = get_episode(episode_id)
    live = _live_jobs(episode_id)
    _awaited_by_processing(episode, live)  # what is refused is refused before an endpoint is made
    facts = _facts(episode)
    webhook_id = _endpoint(wishes)
    same = next((job for job in live if _covers(job, target_stage, wishes, webhook_id)), None)
    if same is not None:
        return Taken(Submission(same.id, same.status, already_running=True), _UNDER_WAY)
    params = {"target_stage": target_stage, "force": wishes.force, "size": max(1, int(facts["duration_seconds"]))}
    submission, secret = _submit(PROCESS, facts, params, wishes, webhook_id, _awaited_by_processing)
    is_there = has_reached(facts["stage"], target_stage) and not wishes.force
    message = f"The episode is {facts['stage']} already, so the job ends at once." if is_there else _TAKEN
    return Taken(submission, _sentence(submission, message), secret)


def order_clips(episode_id: str, wishes: Wishes, wanted: ClipsWanted) -> Taken:
    """Make files of an episode's clips. While the episode is processed, that is waited for.

    :raise NotFound: if there is no such episode.
    :raise Conflict: if there are no clips, nor will be.
    :raise InvalidInput: naming the ids that are none of its clips, or if the webhook's address is none to be called.
    """
    episode = get_episode(episode_id)
    live = _live_jobs(episode_id)
    _check_clips(episode, wanted.clip_ids, will_come=_brings_clips(live))
    facts = _facts(episode)
    webhook_id = _endpoint(wishes)
    params = {
        "clip_ids": None if wanted.clip_ids is None else sorted(set(wanted.clip_ids)),
        "variants": [each for each in VARIANTS if each in wanted.variants],
        "aspect_ratios": [each for each in ASPECT_RATIOS if each in wanted.aspect_ratios],
        "force": wishes.force,
    }
    facts["title"] = f"Clips of {facts['title']}"
    submission, secret = _submit(RENDER_CLIPS, facts, params, wishes, webhook_id, _awaited_by_clips)
    return Taken(submission, _sentence(submission, _TAKEN), secret)


_TAKEN = "The work is taken in; ask after it at the job's address."
_UNDER_WAY = "The same work is under way already, so this is its job."


def _live_jobs(episode_id: str) -> Sequence[Job]:
    """As they are now: the transactions to come expire none of them."""
    live = reads.live_jobs([episode_id]).get(episode_id, ())
    for job in live:
        db.session.expunge(job)
    return live


def _facts(episode: Episode) -> dict[str, Any]:
    """What is needed of the row after its session has ended."""
    return {
        "id": episode.id,
        "title": episode.title,
        "owner_id": episode.owner_id,
        "stage": episode.stage,
        "duration_seconds": episode.duration_seconds or 0.0,
    }


Awaited = Callable[[Episode, Sequence[Job]], Job | None]


def _awaited_by_processing(episode: Episode, live: Sequence[Job]) -> Job | None:
    """The job before it in line, or else the one that brings the file. Raises as `_whose_file_comes`."""
    brings = _whose_file_comes(episode, live)
    return _first_of(live, PROCESS) or brings


def _awaited_by_clips(_: Episode, live: Sequence[Job]) -> Job | None:
    return _first_of(live, PROCESS)


def _deciding(episode_id: str, awaited: Awaited) -> Callable[[Session], str | None]:
    """Tells which job to wait for while nobody else orders work on the episode.

    :raise NotFound: if it has been deleted.
    """

    def decide(session: Session) -> str | None:
        episode = line.hold(session, episode_id)
        job = awaited(episode, reads.live_jobs([episode_id]).get(episode_id, ()))
        return job.id if job is not None else None

    return decide


def _submit(
    type_name: str,
    facts: Mapping[str, Any],
    params: dict[str, Any],
    wishes: Wishes,
    webhook_id: int | None,
    awaited: Awaited,
) -> tuple[Submission, str | None]:
    """The job, and the secret of an endpoint that had to be made for it: the two are kept together, or neither is."""
    order: dict[str, Any] = {
        "target_type": EPISODE,
        "target_id": facts["id"],
        "title": facts["title"],
        "owner_id": facts["owner_id"],
        "queue": wishes.priority,
        "after": _deciding(facts["id"], awaited),
    }
    if wishes.webhook_url is None or webhook_id is not None:
        return submit(type_name, **order, **_telling(params, webhook_id)), None
    try:
        with transaction() as session:
            made_id, secret = endpoints.make_for_job(session, wishes.asker_id, wishes.webhook_url)
            promised = promise(session, type_name, **order, **_telling(params, made_id))
    except IntegrityError:  # somebody else was faster, and is told the secret
        if (known_id := _endpoint(wishes)) is None:
            raise Unavailable("The work could not be taken in just now; try again.") from None
        return submit(type_name, **order, **_telling(params, known_id)), None
    keep(promised)
    return promised.submission, secret


def _telling(params: dict[str, Any], webhook_id: int | None) -> dict[str, Any]:
    """A job tells one endpoint besides the standing ones: who names another gets a job of their own."""
    told = {} if webhook_id is None else {"webhook_id": webhook_id}
    return {"params": params | told, "webhook_id": webhook_id}


def _sentence(submission: Submission, otherwise: str) -> str:
    if submission.already_running:
        return _UNDER_WAY
    if submission.status == states.DEFERRED:
        return "The work is taken in; it waits for the job on the same episode that was asked for before."
    return otherwise


def _endpoint(wishes: Wishes) -> int | None:
    """The endpoint that is to be told; None also where it is yet to be made, with the job."""
    return None if wishes.webhook_url is None else endpoints.named_by_job(wishes.asker_id, wishes.webhook_url)


def _first_of(live: Sequence[Job], type_name: str) -> Job | None:
    return next((job for job in live if job.type == type_name), None)


def _covers(job: Job, target_stage: str, wishes: Wishes, webhook_id: int | None) -> bool:
    """Whether a live job does what is asked for, and tells whom it is to tell."""
    tells = wishes.webhook_url is None or (webhook_id is not None and job.webhook_id == webhook_id)
    return (
        job.type == PROCESS
        and has_reached(job.params["target_stage"], target_stage)
        and (job.params["force"] or not wishes.force)
        and tells
    )


def _whose_file_comes(episode: Episode, live: Sequence[Job]) -> Job | None:
    """The job that brings its file, while it is not here.

    :raise Conflict: if it cannot be used, or nobody brings it.
    """
    if episode.arrival == "ready":
        return None
    if episode.arrival == "unusable":
        sentence = episode.problem_text or "Its file cannot be used."
        raise Conflict(sentence, code=episode.problem or "unusable", details={"episode_id": episode.id})
    brings = _first_of(live, TAKE_IN)
    if brings is None:
        raise Conflict("The episode's file has not come yet; upload it first.", code="not_here_yet")
    return brings


def _brings_clips(live: Sequence[Job]) -> bool:
    return any(job.type == PROCESS and has_reached(job.params["target_stage"], ENRICHED) for job in live)


def _check_clips(episode: Episode, clip_ids: Sequence[int] | None, *, will_come: bool) -> None:
    known = [each.clip.id for each in reads.clips_of(episode.id)]
    if clip_ids is None:
        if not known and not will_come:
            raise Conflict(_no_clips(episode), code="no_clips", details={"stage": episode.stage})
        return
    if unknown := sorted(set(clip_ids) - set(known)):
        listed = ", ".join(map(str, unknown[:SHOWN_IDS]))
        there = (
            f"those that there are: {', '.join(map(str, known[:SHOWN_IDS]))}" if known else "none: there are no clips"
        )
        raise InvalidInput(f"No clips of this episode: {listed}.", details={"clip_ids": f"{listed} unknown; {there}"})


def _no_clips(episode: Episode) -> str:
    if has_reached(episode.stage, ENRICHED):
        return "Nothing was found in this episode that is worth a clip."
    return "The episode has no clips yet; process it up to “enriched” first."
