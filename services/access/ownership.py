"""Whose things are: each person sees their own, operators see everybody's, and what is somebody else's is not there."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from cachetools import LRUCache
from sqlalchemy import select

from errors import NotFound
from extensions import db
from models import (
    Clip,
    Episode,
    Footage,
    Job,
    Playlist,
    Render,
    Rendition,
    Song,
    Upload,
    User,
    Video,
    WebhookDelivery,
    WebhookEndpoint,
)
from services.access.identity import Identity
from services.analysing import no_such_user
from services.episodes.reads import no_such_episode
from services.episodes.served import no_such_clip, no_such_rendition
from services.footage.reads import no_such_footage
from services.jobs.filters import JobFilter
from services.jobs.operations import no_such_job
from services.library.playlists import no_such_playlist
from services.library.songs import no_such_song
from services.renders.reads import no_such_render
from services.resumable import no_such_upload
from services.videos.reads import no_such_video
from services.webhooks.deliveries import no_such_delivery
from services.webhooks.endpoints import no_such_endpoint

# A job's owner never changes, and polls ask for the same jobs again and again.
_owners_of_jobs: LRUCache[str, int | None] = LRUCache(maxsize=20_000)
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing that belongs to somebody: of which of these ids the owner is who, and what is said if not."""

    owners: Callable[[Sequence[str | int]], Mapping[str | int, int | None]]
    missing: Callable[[str | int], NotFound]


def refuse_foreign(identity: Identity, kind: str, thing_id: str | int) -> None:
    """:raise NotFound: if it is there, but not theirs to see; the same as if it were not there."""
    if thing_id in foreign(identity, kind, [thing_id]):
        raise KINDS[kind].missing(thing_id)


def library_of(identity: Identity, user_id: int | None) -> User:
    """Whose library is meant: one's own where nobody is named.

    :raise NotFound: if there is no such person, or their library is not for this one to see.
    """
    wanted = identity.user_id if user_id is None else user_id
    refuse_foreign(identity, "user", wanted)
    user = db.session.get(User, wanted)
    if user is None:
        raise no_such_user(wanted)
    return user


def jobs_of(identity: Identity, wanted: JobFilter) -> JobFilter:
    """The same filter, narrowed to what this one may see."""
    return wanted if identity.sees_everything else replace(wanted, owner=str(identity.user_id))


def foreign(identity: Identity, kind: str, ids: Sequence[str | int]) -> set[str | int]:
    """Those of the ids that belong to somebody whose things this one may not see."""
    if identity.sees_everything:
        return set()
    owners = KINDS[kind].owners(ids)
    # What no row knows may still be told of from Redis: nobody knows any more whose it was.
    return {thing_id for thing_id in ids if owners.get(thing_id) != identity.user_id}


def is_known_to_own(identity: Identity, job_ids: Sequence[str]) -> bool:
    """Whether these jobs are all for this one to see, as far as this process knows without asking the database."""
    if identity.sees_everything:
        return True
    with _lock:
        return all(_owners_of_jobs.get(job_id) == identity.user_id for job_id in job_ids)


def _owners_of_jobs_of(ids: Sequence[str | int]) -> Mapping[str | int, int | None]:
    owners: dict[str | int, int | None] = {}
    with _lock:
        owners.update({job_id: _owners_of_jobs[job_id] for job_id in map(str, ids) if job_id in _owners_of_jobs})
    unknown = [job_id for job_id in ids if job_id not in owners]
    if unknown:
        found = dict(db.session.execute(select(Job.id, Job.owner_id).where(Job.id.in_(unknown))).all())
        with _lock:
            _owners_of_jobs.update(found)
        owners.update(found)
    return owners


def _owners_of_deliveries(ids: Sequence[str | int]) -> Mapping[str | int, int | None]:
    owned = select(WebhookDelivery.id, WebhookEndpoint.owner_id).join(
        WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id
    )
    return dict(db.session.execute(owned.where(WebhookDelivery.id.in_(ids))).all())


def _owners_of_episodes(ids: Sequence[str | int]) -> Mapping[str | int, int | None]:
    return dict(db.session.execute(select(Episode.id, Episode.owner_id).where(Episode.id.in_(ids))).all())


def _owners_of_footage(ids: Sequence[str | int]) -> Mapping[str | int, int | None]:
    return dict(db.session.execute(select(Footage.id, Footage.owner_id).where(Footage.id.in_(ids))).all())


def _owners_of_uploads(ids: Sequence[str | int]) -> Mapping[str | int, int | None]:
    return dict(db.session.execute(select(Upload.id, Upload.owner_id).where(Upload.id.in_(ids))).all())


def _owners_of_renders(ids: Sequence[str | int]) -> Mapping[str | int, int | None]:
    return dict(db.session.execute(select(Render.id, Render.owner_id).where(Render.id.in_(ids))).all())


def _owners_of_videos(ids: Sequence[str | int]) -> Mapping[str | int, int | None]:
    return dict(db.session.execute(select(Video.id, Video.owner_id).where(Video.id.in_(ids))).all())


def _owners_of_clips(ids: Sequence[str | int]) -> Mapping[str | int, int | None]:
    owned = select(Clip.id, Episode.owner_id).join(Episode, Episode.id == Clip.episode_id)
    return dict(db.session.execute(owned.where(Clip.id.in_(ids))).all())


def _owners_of_renditions(ids: Sequence[str | int]) -> Mapping[str | int, int | None]:
    owned = select(Rendition.id, Episode.owner_id).join(Clip, Clip.id == Rendition.clip_id).join(Episode)
    return dict(db.session.execute(owned.where(Rendition.id.in_(ids))).all())


def _rows_of(
    table: type[Song] | type[Playlist] | type[WebhookEndpoint],
) -> Callable[[Sequence[str | int]], Mapping[str | int, int | None]]:
    return lambda ids: dict(db.session.execute(select(table.id, table.owner_id).where(table.id.in_(ids))).all())


KINDS: Mapping[str, Kind] = {
    "song": Kind(_rows_of(Song), lambda song_id: no_such_song(int(song_id))),
    "playlist": Kind(_rows_of(Playlist), lambda playlist_id: no_such_playlist(int(playlist_id))),
    "job": Kind(_owners_of_jobs_of, lambda job_id: no_such_job(str(job_id))),
    "user": Kind(lambda ids: {user_id: int(user_id) for user_id in ids}, lambda user_id: no_such_user(int(user_id))),
    "webhook": Kind(_rows_of(WebhookEndpoint), lambda webhook_id: no_such_endpoint(int(webhook_id))),
    "delivery": Kind(_owners_of_deliveries, lambda delivery_id: no_such_delivery(int(delivery_id))),
    "episode": Kind(_owners_of_episodes, lambda episode_id: no_such_episode(str(episode_id))),
    "footage": Kind(_owners_of_footage, lambda footage_id: no_such_footage(str(footage_id))),
    "clip": Kind(_owners_of_clips, lambda clip_id: no_such_clip(int(clip_id))),
    "rendition": Kind(_owners_of_renditions, lambda rendition_id: no_such_rendition(int(rendition_id))),
    "upload": Kind(_owners_of_uploads, lambda upload_id: no_such_upload(str(upload_id))),
    "video": Kind(_owners_of_videos, lambda video_id: no_such_video(str(video_id))),
    "render": Kind(_owners_of_renders, lambda render_id: no_such_render(str(render_id))),
}
