"""An episode with all its rows and files, as it would be after its processing."""

import tempfile
from pathlib import Path
from typing import Any

import clock
from extensions import transaction
from models import Clip, Episode, Rendition
from services.episodes import files
from services.media import stored

CONTENT = bytes(range(256)) * 40


def put(key: str, content: bytes = CONTENT) -> None:
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(content)
        stored.storage().put(key, Path(file.name))


def an_episode_of(owner_id: int, episode_id: str = "a-talk", **more: Any) -> dict[str, Any]:
    """The ids by kind: of the episode, of its clip, and of the rendition of that."""
    now, source = clock.now(), files.key_of(episode_id, "source.mp4")
    told = {"title": "A talk", "arrival": "ready", "media_key": source, "duration_seconds": 60.0} | more
    told = {"web_key": files.key_of(episode_id, "default")} | told  # a name that a test of all routes takes for any
    with transaction() as session:
        session.add(Episode(id=episode_id, owner_id=owner_id, created_at=now, updated_at=now, **told))
        session.flush()
        clip = Clip(episode_id=episode_id, start_seconds=1, end_seconds=20, title="A clip", score=70, created_at=now)
        session.add(clip)
        session.flush()
        rendition = a_rendition_of(episode_id, clip.id)
        session.add(rendition)
        session.flush()
        ids = {"episode": episode_id, "clip": clip.id, "rendition": rendition.id}
        keys = (source, files.key_of(episode_id, "default"), rendition.file_key, rendition.poster_key)
    for key in keys:
        put(key)
    return ids


def a_rendition_of(episode_id: str, clip_id: int) -> Rendition:
    return Rendition(
        clip_id=clip_id,
        variant="clean",
        aspect_ratio="9x16",
        file_key=files.clip_key(episode_id, clip_id, "clean", "9x16"),
        poster_key=files.clip_key(episode_id, clip_id, "clean", "9x16", ".jpg"),
        width=90,
        height=160,
        duration_seconds=19.0,
        size_bytes=len(CONTENT),
        created_at=clock.now(),
    )
