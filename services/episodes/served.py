"""The files of episodes and clips as they are handed out."""

from sqlalchemy import or_, select

from errors import NotFound
from extensions import db
from models import Clip, Episode, Rendition, Transcript
from services.episodes import files
from services.episodes.reads import get_episode
from services.media import stored
from services.media.served import Served, served


def of_episode(episode_id: str, name: str) -> Served:
    """A file of an episode by its name, such as `web.mp4` or `clips/3/clean-9x16.mp4`.

    Only what its rows tell of: a deleted episode may have left a file to the next of the same id.

    :raise NotFound: if there is no such episode or file.
    """
    episode = get_episode(episode_id)
    key = files.key_of(episode.id, name)
    if not _is_known(episode, name, key):
        raise NotFound(f"The episode has no file {name[:80]!r}.", code="file_not_found")
    return served(key, f"{episode.title} {name.replace('/', ' ')}")


def of_rendition(clip_id: int, rendition_id: int, *, poster: bool = False) -> Served:
    """A file made of a clip, or its poster.

    :raise NotFound: if there is no such file of that clip.
    """
    rendition, clip = db.session.get(Rendition, rendition_id), db.session.get(Clip, clip_id)
    if rendition is None or clip is None or rendition.clip_id != clip.id:
        raise no_such_rendition(rendition_id)
    key = rendition.poster_key if poster else rendition.file_key
    name = f"{clip.title} {rendition.variant} {rendition.aspect_ratio}{stored.suffix_of(key)}"
    return served(key, name)


def _is_known(episode: Episode, name: str, key: str) -> bool:
    if name in (files.CAPTIONS, files.SUBTITLES, files.TRANSCRIPT):
        return db.session.scalar(select(Transcript.created_at).where(Transcript.episode_id == episode.id)) is not None
    if key in (episode.media_key, episode.web_key, episode.poster_key):
        return True
    of_clip = or_(Rendition.file_key == key, Rendition.poster_key == key)
    rendition = select(Rendition.id).join(Clip).where(Clip.episode_id == episode.id, of_clip)
    return db.session.scalar(rendition.limit(1)) is not None


def no_such_clip(clip_id: int) -> NotFound:
    return NotFound(f"There is no clip {clip_id}.", code="no_such_clip")


def no_such_rendition(rendition_id: int) -> NotFound:
    return NotFound(f"There is no rendition {rendition_id}.", code="no_such_rendition")
