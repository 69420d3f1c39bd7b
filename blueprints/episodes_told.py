"""An episode as programs are told of it, with the addresses of its files."""

from flask import url_for

import clock
from blueprints.actor import current_identity
from blueprints.schemas import episodes as schemas
from blueprints.schemas.async_api import ClipFile, ClipLine
from blueprints.schemas.episodes import EpisodeAnswer, EpisodeFiles, EpisodeLine, Found, TranscriptTold
from models import Episode, Rendition
from services.access.ownership import library_of
from services.episodes import files, reads
from services.episodes.reads import ClipWithFiles, EpisodePage

NO_EPISODE = {404: "There is no such episode."}  # as OpenAPI is told of it


def list_told(query: schemas.EpisodeQuery) -> schemas.EpisodePage:
    """The asker's episodes, or those of whom they name.

    :raise NotFound: if there is no such owner, or their library is not for this one to see.
    """
    owner = library_of(current_identity(), query.owner)
    page = reads.episode_list(owner.id, cursor=query.cursor, q=query.q, limit=query.limit)
    lines = [EpisodeLine.model_validate(line.episode) for line in page.lines]
    return schemas.EpisodePage(episodes=lines, next_cursor=page.next_cursor)


def told(page: EpisodePage) -> EpisodeAnswer:
    """All that there is of it."""
    return EpisodeAnswer(
        **EpisodeLine.model_validate(page.episode).model_dump(),
        files=_files(page.episode, has_transcript=page.transcript is not None),
        transcript=TranscriptTold.model_validate(page.transcript) if page.transcript else None,
        found=Found.model_validate(page.enrichment) if page.enrichment else None,
        clips=[clip_told(clip) for clip in page.clips],
    )


def clip_told(found: ClipWithFiles) -> ClipLine:
    """A clip, and where its files are had."""
    clip = found.clip
    return ClipLine(
        id=clip.id,
        start_seconds=clip.start_seconds,
        end_seconds=clip.end_seconds,
        title=clip.title,
        reason=clip.reason,
        score=clip.score,
        files=[_file_told(clip.episode_id, rendition) for rendition in found.renditions],
    )


def _file_told(episode_id: str, rendition: Rendition) -> ClipFile:
    return ClipFile(
        variant=rendition.variant,
        aspect_ratio=rendition.aspect_ratio,
        url=_address(episode_id, rendition.file_key),
        poster_url=_address(episode_id, rendition.poster_key),
        width=rendition.width,
        height=rendition.height,
        duration_seconds=rendition.duration_seconds,
        size_bytes=rendition.size_bytes,
        created_at=clock.iso(rendition.created_at) or "",
    )


def _files(episode: Episode, *, has_transcript: bool) -> EpisodeFiles:
    def address(key: str | None) -> str | None:
        return _address(episode.id, key) if key else None

    captions = files.key_of(episode.id, files.CAPTIONS) if has_transcript else None
    return EpisodeFiles(
        source=address(episode.media_key),
        web=address(episode.web_key),
        poster=address(episode.poster_key),
        captions=address(captions),
    )


def _address(episode_id: str, key: str) -> str:
    name = key.removeprefix(files.key_of(episode_id, ""))
    return url_for("media.episode_file", episode_id=episode_id, name=name)
