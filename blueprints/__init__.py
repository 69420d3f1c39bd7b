"""The HTTP entrances: they parse, make one call, and answer."""

from flask import Flask

from blueprints import (
    access,
    account,
    account_notices,
    api_analysis,
    api_episode_work,
    api_episodes,
    api_footage,
    api_footage_autolog,
    api_import,
    api_job_actions,
    api_jobs,
    api_mine,
    api_playlists,
    api_progress,
    api_queues,
    api_recovery,
    api_renders,
    api_songs,
    api_uploads,
    api_video_recovery,
    api_videos,
    api_webhooks,
    async_api,
    bodies,
    console,
    error_pages,
    guards,
    health,
    media,
    openapi,
    pages,
    sign_in,
    static_files,
    webhook_pages,
)
from blueprints.parsing import FootageIdConverter, RowIdConverter


def init_app(app: Flask) -> None:
    """Set the guards up, and register every blueprint."""
    app.url_map.converters["int"] = RowIdConverter
    app.url_map.converters["footage_id"] = FootageIdConverter
    bodies.init_app(app)
    guards.init_app(app)
    access.init_app(app)
    error_pages.init_app(app)
    static_files.init_app(app)
    for part in (
        api_songs,
        api_playlists,
        api_analysis,
        api_import,
        api_episodes,
        api_episode_work,
        api_footage,
        api_footage_autolog,
        async_api,
        api_uploads,
        api_videos,
        api_progress,
        api_jobs,
        api_job_actions,
        api_mine,
        api_queues,
        api_recovery,
        api_webhooks,
        api_renders,
        api_video_recovery,
        health,
        media,
        openapi,
        pages,
        console,
        sign_in,
        account,
        webhook_pages,
        account_notices,
    ):
        app.register_blueprint(part.bp)
