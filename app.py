"""Backbeat: the application's table of contents, for gunicorn, workers, scripts and tests."""

from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import blueprints
import models
from blueprints import polls
from config import Settings, secret_key
from core import create_core
from extensions import bootstrap
from scripts import shell

__all__ = ["create_app", "models"]


def create_app(**overrides: Any) -> Flask:
    """The app with the environment's settings; `overrides` are settings by field name.

    :raise SettingsError: naming the setting that cannot be used.
    """
    app = create_core(**overrides)
    settings: Settings = app.extensions["backbeat_settings"]
    app.config.from_mapping(
        SECRET_KEY=secret_key(settings),
        # The prefix keeps other names of the same site from setting it; browsers take it over TLS only.
        SESSION_COOKIE_NAME="__Host-backbeat" if settings.is_encrypted else "backbeat",
        SESSION_COOKIE_SECURE=settings.is_encrypted,
        SESSION_COOKIE_PATH="/",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        BOOTSTRAP_SERVE_LOCAL=True,
    )
    # Not the host: proxies pass that on as it came, and whoever asks could say any other.
    proxies = settings.trusted_proxies
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=0)  # type: ignore[method-assign]
    bootstrap.init_app(app)
    blueprints.init_app(app)
    polls.init_app(app)
    for group in shell.GROUPS:
        app.cli.add_command(group)
    return app
