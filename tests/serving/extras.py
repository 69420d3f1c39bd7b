"""Backbeat with some addresses more, and the servers that are told to serve it.

python -m tests.serving.extras
"""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from flask import Flask, Response

from app import create_app
from config import read_settings
from extensions import current_settings
from serving.granian_app import PollsFirst
from serving.granian_server import serve

ENDLESS_BYTES = 64 * 1024 * 1024


def door() -> Path:
    """While it is shut, which is as long as this file is not there, `/slow` does not answer."""
    return current_settings().data_dir / "door"


def slow() -> str:
    (door().parent / "knocked").touch()
    while not door().exists():
        time.sleep(0.02)
    return "at last"


def endless() -> Response:
    """More than any buffer holds."""

    def pieces() -> Iterator[bytes]:
        for _ in range(ENDLESS_BYTES // 65_536):
            yield bytes(65_536)

    return Response(pieces(), mimetype="application/octet-stream")


def switching() -> dict[str, float]:
    return {"seconds": sys.getswitchinterval()}


def make() -> Flask:
    app = create_app()
    app.add_url_rule("/slow", view_func=slow)
    app.add_url_rule("/endless", view_func=endless)
    app.add_url_rule("/switching", view_func=switching)
    return app


def application() -> PollsFirst:
    return PollsFirst(make())


if __name__ == "__main__":
    if (settings := read_settings()).server == "granian":
        serve(settings, target="tests.serving.extras:application")
    else:
        os.execv(sys.executable, (sys.executable, "-m", "gunicorn", "tests.serving.extras:make()"))  # noqa: S606 - ourselves
