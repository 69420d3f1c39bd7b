"""Making files of an episode's clips: one job that has a child for each file, and gathers what came of them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from errors import NotFound
from extensions import db, db_now
from models import Clip, Episode, Job, Rendition, Transcript
from services.episodes import bars, files
from services.episodes.files_wanted import FileWanted, files_wanted, will_do
from services.episodes.reads import clips_of, get_episode
from services.episodes.served import no_such_clip
from services.jobs import states
from services.jobs.work import Child, FanOut, Outcome, Work
from services.media import stored
from services.media.scratch import scratch
from services.media.shares import within
from services.rendering import clip as rendering
from services.rendering import web
from services.transcribing.results import Segment
from services.transcribing.segments import from_json

CLIP = "clip"
POSTER_AT_SHARE = 0.25  # of a clip's length: its first frame is often a blur
FILES_TOLD = 100
GONE = "The clip is not there any more: the episode has been processed again since."
RENDERED_SHARE = 0.97  # of the bar; the rest is the poster and keeping both


@dataclass(frozen=True, slots=True)
class Facts:
    """What is needed to make a file, without the session that it was read in. Instants are seconds."""

    episode_id: str
    media_key: str
    start: float
    end: float
    segments: list[Segment]
    transcript_made_at: float | None


def fan_out(episode_id: str, work: Work) -> FanOut:
    """A child for each file that is wanted, of the clips that there are by now.

    :raise NotFound: if the episode is gone, or all the clips that were named.
    """
    episode = get_episode(episode_id)
    asked, params = work.job.params["clip_ids"], work.job.params
    titles = {each.clip.id: each.clip.title for each in clips_of(episode.id) if asked is None or each.clip.id in asked}
    if asked is not None and not titles:
        raise NotFound("The clips that were asked for are not there any more.", code="no_such_clip")
    wanted = files_wanted(titles, params["variants"], params["aspect_ratios"])
    children = [Child(str(each), f"{titles[each.clip_id]} ({each.in_words})") for each in wanted]
    return FanOut("render_clip", CLIP, children, len(children), result_url=page_of(episode_id))


def render_clip(work: Work) -> Outcome:
    """Make one file of a clip, unless it is there already.

    :raise NotFound: if the clip is gone, or its recording.
    :raise MediaError: if the recording cannot be cut.
    """
    wanted = FileWanted.parse(work.job.target_id or "")
    facts = _facts(wanted.clip_id)
    there = _there(wanted, facts, work)
    db.session.rollback()  # the database ends a transaction that stands still for as long as ffmpeg may take
    if there is not None:
        return Outcome(result=there, result_url=page_of(facts.episode_id))
    kept = stored.storage()
    with scratch(work.job.id, work.job.attempt) as folder, kept.local_copy(facts.media_key, folder) as source:
        made, poster = _make(source, folder, wanted, facts, work)
        target = {"file_key": files.clip_key(facts.episode_id, wanted.clip_id, wanted.variant, wanted.aspect_ratio)}
        target["poster_key"] = target["file_key"].removesuffix(".mp4") + ".jpg"
        kept.put(target["file_key"], folder / "clip.mp4", may_link=True)
        kept.put(target["poster_key"], poster, may_link=True)
    told = asdict(wanted) | made
    return Outcome(
        result=told, result_url=page_of(facts.episode_id), save=lambda: _save(wanted, made | target, facts.episode_id)
    )


def _facts(clip_id: int) -> Facts:
    row = db.session.execute(
        select(Clip, Episode.media_key, Transcript)
        .join(Episode, Episode.id == Clip.episode_id)
        .outerjoin(Transcript, Transcript.episode_id == Episode.id)
        .where(Clip.id == clip_id)
    ).one_or_none()
    if row is None:
        raise no_such_clip(clip_id)
    clip, media_key, transcript = row
    if media_key is None:
        raise NotFound("The recording is not here any more.", code="file_not_found")
    return Facts(
        episode_id=clip.episode_id,
        media_key=media_key,
        start=clip.start_seconds,
        end=clip.end_seconds,
        segments=from_json(transcript.segments) if transcript else [],
        transcript_made_at=transcript.created_at if transcript else None,
    )


def _there(wanted: FileWanted, facts: Facts, work: Work) -> dict[str, Any] | None:
    """What is told of the file that is there already, if it will do."""
    known = _rendition(db.session(), wanted)
    if known is None or not stored.storage().exists(known.file_key):
        return None
    fresh = will_do(
        known.created_at,
        wanted.variant,
        transcript_made_at=facts.transcript_made_at,
        force=work.job.params["force"],
        asked_at=work.job.created_at,
    )
    return asdict(wanted) | _told(known) if fresh else None


def _rendition(session: Session, wanted: FileWanted) -> Rendition | None:
    of_clip = Rendition.clip_id == wanted.clip_id, Rendition.variant == wanted.variant
    return session.scalar(select(Rendition).where(*of_clip, Rendition.aspect_ratio == wanted.aspect_ratio))


def _told(rendition: Rendition) -> dict[str, Any]:
    names = ("width", "height", "duration_seconds", "size_bytes")
    return {name: getattr(rendition, name) for name in names}


def _make(source: Path, folder: Path, wanted: FileWanted, facts: Facts, work: Work) -> tuple[dict[str, Any], Path]:
    reached = bars.begin(work.progress, "rendering")
    target, poster = folder / "clip.mp4", folder / "poster.jpg"
    made = rendering.render_clip(
        source,
        target,
        start=facts.start,
        end=facts.end,
        variant=wanted.variant,
        aspect_ratio=wanted.aspect_ratio,
        segments=facts.segments,
        on_progress=within(reached, 0.0, RENDERED_SHARE),
        checkpoint=work.checkpoint,
    )
    web.make_poster(target, poster, at_seconds=(facts.end - facts.start) * POSTER_AT_SHARE)
    work.checkpoint()
    return asdict(made), poster


def _save(wanted: FileWanted, made: dict[str, Any], episode_id: str) -> None:
    """Keep the row of a file; making it over brings that up to date.

    :raise NotFound: if the clip has gone meanwhile; its files go with it.
    """
    session = db.session()
    # Two jobs may be at one file, of which the second waits here.
    if session.scalar(select(Clip.id).where(Clip.id == wanted.clip_id).with_for_update()) is None:
        stored.forget([made["file_key"], made["poster_key"]])
        raise no_such_clip(wanted.clip_id)
    row = _rendition(session, wanted) or Rendition(**asdict(wanted))
    for name, value in made.items():
        setattr(row, name, value)
    row.created_at = session.scalar(select(db_now())) or 0.0
    session.add(row)


def gather(parent: Job) -> tuple[dict[str, Any], str | None]:
    """What came of it: the files, of which so many are told one by one, and those that could not be made."""
    episode_id = parent.target_id or ""
    columns = (Job.target_id, Job.status, Job.result, Job.error)
    children = db.session.execute(select(*columns).where(Job.parent_id == parent.id).order_by(Job.position)).all()
    made = [_file_told(episode_id, child.result) for child in children if child.status == states.FINISHED]
    errors = [_error_told(child.target_id, child.error) for child in children if child.status == states.FAILED]
    errors += [asdict(each) | {"error": GONE} for each in _gone(parent, [child.target_id for child in children])]
    result = {
        "episode_id": episode_id,
        "rendered": len(made),
        "failed": len(errors),
        "files": made[:FILES_TOLD],
        "errors": errors[:FILES_TOLD],
    }
    return result, page_of(episode_id)


def _gone(parent: Job, target_ids: Sequence[str]) -> list[FileWanted]:
    """The files of clips that were named, and were not there any more when the job began."""
    params = parent.params
    begun = {FileWanted.parse(each).clip_id for each in target_ids}
    gone = [clip_id for clip_id in params["clip_ids"] or () if clip_id not in begun]
    return files_wanted(gone, params["variants"], params["aspect_ratios"])


def _error_told(target_id: str, error: str) -> dict[str, Any]:
    return asdict(FileWanted.parse(target_id)) | {"error": error}


def _file_told(episode_id: str, result: dict[str, Any]) -> dict[str, Any]:
    key = files.clip_key(episode_id, result["clip_id"], result["variant"], result["aspect_ratio"])
    return {**result, "url": f"/media/{key}"}


def page_of(episode_id: str) -> str:
    return f"/library/episodes/{episode_id}"
