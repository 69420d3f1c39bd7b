"""Backbeat: the application's table of contents, for gunicorn, workers, scripts and tests."""

from typing import Any

from flask import Flask

import blueprints
import crashpoints
import models
from config import prepare_data_dir, read_settings, secret_key
from extensions import bootstrap, db, migrate, prepare_engine, redis
from logs import configure_logging
from scripts.library_commands import library

__all__ = ["create_app", "models"]


def create_app(**overrides: Any) -> Flask:
    """The app with the environment's settings; `overrides` are settings by field name.

    :raise SettingsError: naming the setting that cannot be used.
    """
    settings = read_settings(**overrides)
    prepare_data_dir(settings)
    configure_logging(settings.log_level)

    app = Flask("backbeat", root_path=models.__path__[0] + "/..")
    app.config.from_mapping(
        SECRET_KEY=secret_key(settings),
        SQLALCHEMY_DATABASE_URI=settings.sqlalchemy_url,
        MAX_CONTENT_LENGTH=settings.max_upload_mb * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        MAX_FORM_PARTS=20_000,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        BOOTSTRAP_SERVE_LOCAL=True,
    )
    app.extensions["backbeat_settings"] = settings
    crashpoints.arm(settings.crash_at, settings.data_dir)

    db.init_app(app)
    migrate.init_app(app, db)
    redis.init_app(app, settings.effective_redis_url)
    bootstrap.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)

    blueprints.init_app(app)
    app.cli.add_command(library)
    return app
