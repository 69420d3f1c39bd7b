"""The job that copies what was rendered into our own storage, where the renderer's may be cleared one day."""

from dataclasses import dataclass

from sqlalchemy import select, update

from extensions import current_settings, db, db_now
from models import Render, Segment, Video
from services.jobs.work import Outcome, Work
from services.media import sources, stored
from services.media.byte_meter import Meter
from services.media.info import MediaInfo
from services.media.probe import probe
from services.media.scratch import scratch
from services.renders import states
from services.renders.targets import TABLES
from services.videos import files, film

NAME = "rendered-"


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is to be copied for whom, and the copy that its target has until then."""

    render_id: str
    target_type: str
    target_id: str
    url: str
    media_key: str | None

    @property
    def key(self) -> str:
        suffix = stored.suffix_of(sources.name_in_url(self.url))
        suffix = suffix if suffix in stored.VIDEO_TYPES else stored.DEFAULT_SUFFIX
        return f"{self.target_type}s/{self.target_id}/{NAME}{self.render_id}{suffix}"


def copy(work: Work) -> Outcome:
    """Safe to run twice. What its target does not take any more is not copied.

    :raise NotFetched, UnusableMedia: if there is nothing to be copied; the target keeps the address of its file.
    """
    render_id = work.job.target_id or ""
    wanted = _wanted(render_id)
    if wanted is None:
        return Outcome(result={"render_id": render_id, "media_key": None})
    _forget_film_before(wanted)
    info = _bring(work, wanted)
    superseded: list[str] = []
    return Outcome(
        result={"render_id": render_id, "media_key": wanted.key},
        save=lambda: superseded.extend(_hand_over(wanted, info)),
        after_commit=lambda: stored.forget(superseded),
    )


def _wanted(render_id: str) -> _Wanted | None:
    """None if it is not completed, or its target takes another one."""
    render = db.session.get(Render, render_id, populate_existing=True)
    found = None
    if render is not None and render.status == states.COMPLETED and render.output_url:
        target = TABLES[render.target_type]
        its_own = select(target.media_key).where(target.id == render.target_id, target.render_id == render_id)
        for (media_key,) in db.session.execute(its_own):
            found = _Wanted(render_id, render.target_type, render.target_id, render.output_url, media_key)
    db.session.rollback()
    return found


def _forget_film_before(wanted: _Wanted) -> None:
    """What a video had is told of no more since it takes this one, and no run of it can begin before this is here."""
    if wanted.target_type == states.VIDEO and wanted.media_key is None:
        stored.forget(key for key in files.left_of(wanted.target_id) if key != wanted.key)


def _bring(work: Work, wanted: _Wanted) -> MediaInfo:
    work.progress.step("fetching")
    with scratch(work.job.id, work.job.attempt) as folder:
        path, meter = folder / "output", Meter(work)
        settings = current_settings()
        sources.fetch(wanted.url, path, settings, on_size=meter.of, on_bytes=meter.more, is_trusted=True)
        info = probe(path, needs_sound=False)
        storing = Meter(work)
        storing.name = "storing"
        storing.of(path.stat().st_size)
        stored.storage().put(wanted.key, path, on_bytes=storing.more, may_link=True)
    return info


def _hand_over(wanted: _Wanted, info: MediaInfo) -> list[str]:
    """In the transaction that ends the job; the keys of copies that nobody needs from then on."""
    table: type[Segment] | type[Video] = TABLES[wanted.target_type]
    known = film.facts_in(info) if table is Video else {}
    taken = db.session.execute(
        update(table)
        .where(table.id == wanted.target_id, table.render_id == wanted.render_id)
        .values(media_key=wanted.key, updated_at=db_now(), **known)
        .returning(table.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if taken is None:
        return [wanted.key]
    before = wanted.media_key or ""
    return [before] if f"/{NAME}" in before and before != wanted.key else []
