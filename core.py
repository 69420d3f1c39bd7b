"""The app without its entrances: settings, database and Redis, for processes that nobody asks over HTTP."""

from typing import Any

from flask import Flask

import crashpoints
import models
from config import prepare_data_dir, read_settings
from extensions import db, engine_options, migrations, prepare_engine, redis
from logs import configure_logging

__all__ = ["create_core", "models"]


def create_core(**overrides: Any) -> Flask:
    """The app with the environment's settings; `overrides` are settings by field name.

    :raise SettingsError: naming the setting that cannot be used.
    """
    settings = read_settings(**overrides)
    prepare_data_dir(settings)
    configure_logging(settings.log_level)
    app = Flask("backbeat", root_path=models.__path__[0] + "/..")
    app.config.from_mapping(
        SQLALCHEMY_DATABASE_URI=settings.sqlalchemy_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings),
    )
    app.extensions["backbeat_settings"] = settings
    crashpoints.arm(settings.crash_at, settings.data_dir)
    db.init_app(app)
    migrations.init_app(app)
    redis.init_app(app, settings.effective_redis_url)
    with app.app_context():
        prepare_engine(db.engine, statement_timeout_seconds=settings.database_statement_timeout_seconds)
    return app
