"""Scripts, styles and pictures under addresses that carry the hash of what is in them, so that browsers keep them.

Only an answer whose content has the hash of its address may be kept for good. While two versions of Backbeat run side
by side, a page of the one may ask the other for its files: that answer is asked for again.
"""

import hashlib
import os
import stat
from functools import lru_cache
from typing import Any

from flask import Flask, Response, current_app, request
from werkzeug.security import safe_join

ENDPOINTS = frozenset({"static", "bootstrap.static"})
VERSION = "v"
HASH_CHARS = 12
KEPT_FOR_GOOD = "public, max-age=31536000, immutable"  # a year, in seconds


def init_app(app: Flask) -> None:
    app.extensions["backbeat_static_paths"] = {}
    app.url_defaults(add_version)
    app.after_request(let_browsers_keep_it)


def add_version(endpoint: str, values: dict[str, Any]) -> None:
    """Put the hash of a static file into its address; one that is not there has none."""
    if endpoint in ENDPOINTS and VERSION not in values:
        version = version_of(endpoint, values.get("filename", ""))
        if version is not None:
            values[VERSION] = version


def let_browsers_keep_it(response: Response) -> Response:
    if request.endpoint in ENDPOINTS and response.status_code < 400 and _is_the_one_asked_for():
        response.headers["Cache-Control"] = KEPT_FOR_GOOD
    return response


def _is_the_one_asked_for() -> bool:
    asked_for = request.args.get(VERSION)
    filename = (request.view_args or {}).get("filename", "")
    return asked_for is not None and asked_for == version_of(request.endpoint or "", filename)


def version_of(endpoint: str, filename: str) -> str | None:
    """A hash of the file as it is now; None if there is no such file."""
    path = _path(endpoint, filename)
    try:
        state = os.stat(path)
    except (OSError, ValueError):  # the latter of names that no file can have
        return None
    return _hash(path, state.st_mtime_ns, state.st_size) if stat.S_ISREG(state.st_mode) else None


def _path(endpoint: str, filename: str) -> str:
    """Where the file would lie, empty if outside of the folder. Remembered, since a page asks for hundreds of icons."""
    known: dict[tuple[str, str], str] = current_app.extensions["backbeat_static_paths"]
    path = known.get((endpoint, filename))
    if path is None:
        owner = current_app if endpoint == "static" else current_app.blueprints[endpoint.partition(".")[0]]
        path = safe_join(str(owner.static_folder), filename) or ""
        if os.path.isfile(path):  # names that anybody may make up must not pile up
            known[endpoint, filename] = path
    return path


@lru_cache(maxsize=1024)
def _hash(path: str, _changed_at_ns: int, _size_bytes: int) -> str:
    """The other arguments make a file that was changed another one."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:HASH_CHARS]
