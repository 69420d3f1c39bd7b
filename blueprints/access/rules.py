"""What each view asks of whoever calls it: the whole table.

What is not named here needs somebody who has come in, whatever their role: a new view is closed until somebody opens
it. Names are endpoints as patterns; the first that fits decides.
"""

from fnmatch import fnmatchcase
from functools import cache

from blueprints.guards import WAY_IN
from services.access.roles import ADMIN, OPERATOR, VIEWER

PUBLIC = "public"

NEEDED: tuple[tuple[str, str], ...] = (
    # What a load balancer asks, what pages are made of, and the way in.
    ("static", PUBLIC),
    ("bootstrap.static", PUBLIC),
    ("health.healthz", PUBLIC),
    ("health.readyz", PUBLIC),
    (f"{WAY_IN}.*", PUBLIC),
    # The renderer's call, which shows by its address whose it is.
    ("api_renders.hear_renderer", PUBLIC),
    # The console.
    ("admin.people.*", ADMIN),
    ("admin.keys.*", ADMIN),
    ("admin.*", OPERATOR),
    ("health.get_metrics", OPERATOR),
    # People may cancel and retry what is their own, and see how far it is; what happened inside is for operators.
    ("api_job_actions.retry_job", VIEWER),
    ("api_job_actions.cancel_job", VIEWER),
    ("api_job_actions.*", OPERATOR),
    ("api_jobs.list_log_lines", OPERATOR),
    ("api_progress.clean_up_progress", OPERATOR),
    ("api_footage_autolog.*", OPERATOR),
    ("api_video_recovery.*", OPERATOR),
    ("api_renders.check_stuck_jobs", OPERATOR),
    ("api_queues.queue_status", VIEWER),
    ("api_queues.*", OPERATOR),
    ("api_recovery.*", OPERATOR),
    ("pages.delete_job", OPERATOR),
    ("pages.footage.start", OPERATOR),
)

# What a view's address may name, and of which kind it is; whose it is decides who may see it.
OWNED = {
    "song_id": "song",
    "playlist_id": "playlist",
    "job_id": "job",
    "user_id": "user",
    "webhook_id": "webhook",
    "delivery_id": "delivery",
    "episode_id": "episode",
    "footage_id": "footage",
    "clip_id": "clip",
    "rendition_id": "rendition",
    "upload_id": "upload",
    "render_id": "render",
    "video_id": "video",
}

# Views that start work, so that nobody can start it without end.
STARTS_WORK = frozenset(
    {
        "account_notices.create",
        "account_notices.send_test",
        "api_analysis.analyze_song",
        "api_analysis.analyze_playlist",
        "api_analysis.analyze_library",
        "api_episode_work.discover_clips",
        "api_episode_work.discover_episodes",
        "api_episode_work.process_episode_now",
        "api_episodes.add_episode",
        "api_footage.add_footage",
        "api_footage.change_footage",
        "api_footage.retry_footage",
        "api_footage_autolog.run_footage_autolog",
        "api_import.import_files",
        "api_job_actions.retry_job",
        "api_renders.check_stuck_jobs",
        "api_renders.create_render",
        "api_renders.retry_render",
        "async_api.process_episode",
        "async_api.render_clips",
        "api_uploads.create_upload",
        "api_video_recovery.trigger_process_new_videos",
        "api_videos.add_video",
        "api_videos.process_video",
        "api_webhooks.redeliver",
        "api_webhooks.test_webhook",
        "pages.analyze_library",
        "pages.episodes.add",
        "pages.episodes.discover",
        "pages.episodes.process",
        "pages.episodes.render",
        "pages.episodes.upload",
        "pages.footage.add",
        "pages.footage.call_good_enough",
        "pages.footage.edit",
        "pages.footage.retry",
        "pages.footage.start",
        "pages.footage.upload",
        "pages.import_files",
        "pages.playlists.analyze",
        "pages.retry_job",
        "pages.songs.analyze",
        "pages.songs.create",
        "pages.songs.paste_lyrics",
        "pages.videos.process",
        "pages.videos.upload",
        "webhooks.redeliver",
        "webhooks.test",
    }
)


@cache
def needed(endpoint: str) -> str:
    """The role that a view needs, or `PUBLIC`."""
    return next((role for pattern, role in NEEDED if fnmatchcase(endpoint, pattern)), VIEWER)
