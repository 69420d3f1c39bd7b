"""Backbeat: the application's table of contents, for gunicorn, workers, scripts and tests."""

from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import blueprints
import crashpoints
import models
from config import prepare_data_dir, read_settings, secret_key
from extensions import bootstrap, db, migrate, prepare_engine, redis
from logs import configure_logging
from scripts.access_commands import keys, users
from scripts.episode_commands import episodes
from scripts.footage_commands import footage
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
        SQLALCHEMY_ENGINE_OPTIONS={"hide_parameters": True},  # errors are logged, and values may be secret
        # The prefix keeps other names of the same site from setting it; browsers take it over TLS only.
        SESSION_COOKIE_NAME="__Host-backbeat" if settings.is_encrypted else "backbeat",
        SESSION_COOKIE_SECURE=settings.is_encrypted,
        SESSION_COOKIE_PATH="/",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        BOOTSTRAP_SERVE_LOCAL=True,
    )
    app.extensions["backbeat_settings"] = settings
    # Not the host: proxies pass that on as it came, and whoever asks could say any other.
    proxies = settings.trusted_proxies
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=0)  # type: ignore[method-assign]
    crashpoints.arm(settings.crash_at, settings.data_dir)

    db.init_app(app)
    migrate.init_app(app, db)
    redis.init_app(app, settings.effective_redis_url)
    bootstrap.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)

    blueprints.init_app(app)
    for commands in (library, episodes, footage, users, keys):
        app.cli.add_command(commands)
    return app
