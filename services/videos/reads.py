"""What is told of videos: one, and whose it is."""

from errors import NotFound
from extensions import db
from models import Video

VIDEO = "video"  # the target type of a video's jobs


def no_such_video(video_id: str) -> NotFound:
    return NotFound(f"There is no video {video_id[:64]!r}.", code="no_such_video")


def get_video(video_id: str) -> Video:
    """:raise NotFound: if there is no such video."""
    video = db.session.get(Video, video_id, populate_existing=True)
    if video is None:
        raise no_such_video(video_id)
    return video
