"""The stage `rendered`: what a browser plays, and the picture that stands for it until then."""

from sqlalchemy import select

from extensions import db_now
from models import Episode
from services.episodes import bars, files
from services.episodes.recording import Recording
from services.episodes.stages import RENDERED
from services.jobs.work import Work
from services.media import stored
from services.media.shares import within
from services.rendering import web

POSTER_AT_SHARE = 0.1  # of the length: films begin in the dark
MADE_SHARE = 0.97  # of the bar; the rest is the poster and keeping both


def reach(recording: Recording, work: Work) -> None:
    """Make the web-ready file and its poster.

    :raise MediaError: if the recording cannot be played through.
    """
    reached = bars.begin(work.progress, "rendering")
    video, poster = recording.folder / files.WEB, recording.folder / files.POSTER
    web.make_web_ready(
        recording.source, video, on_progress=within(reached, 0.0, MADE_SHARE), checkpoint=work.checkpoint
    )
    web.make_poster(recording.source, poster, at_seconds=recording.duration_seconds * POSTER_AT_SHARE)
    work.checkpoint()
    keys = {name: files.key_of(recording.episode_id, name) for name in (files.WEB, files.POSTER)}
    for path in (video, poster):
        stored.storage().put(keys[path.name], path, may_link=True)
    with work.saving() as session:
        episode = session.get_one(Episode, recording.episode_id)
        episode.web_key, episode.poster_key = keys[files.WEB], keys[files.POSTER]
        episode.stage, episode.updated_at = RENDERED, session.scalar(select(db_now())) or 0.0
    reached(1.0)
