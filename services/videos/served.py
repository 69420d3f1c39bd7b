"""The files of videos as they are handed out."""

from errors import NotFound
from services.media.served import Served, served
from services.videos import files
from services.videos.reads import get_video


def of_video(video_id: str, name: str) -> Served:
    """A file by its name, such as `web.mp4`, `poster.jpg`, `preview.mp4` or `source.mov`.

    Only what its row tells of: a run that was stopped may have left others.

    :raise NotFound: if there is no such video or file.
    """
    video = get_video(video_id)
    key = files.key_of(video.id, name)
    if key not in (video.media_key, video.poster_key, video.preview_key, video.web_key):
        raise NotFound(f"The video has no file {name[:80]!r}.", code="file_not_found")
    return served(key, f"{video.name or video.file_name or video.id} {name}")
