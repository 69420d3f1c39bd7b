"""A process that has just started holds what it needs, and nothing that only others need."""

import json
import subprocess
import sys

import pytest

from tests.ops.launching import PROJECT

# What takes long to import, by who has use for it.
MEDIA = {"av", "cv2", "mutagen"}
MODELS = {"onnxruntime", "py3langid", "vaderSentiment", "pocketsphinx", "faster_whisper", "rapidocr"}
OUTSIDE = {"apprise", "trafilatura", "s3fs", "aiobotocore"}
DATABASE_TOOLS = {"alembic", "flask_migrate"}
PAGES = {"blueprints", "spectree", "gunicorn"}
WORKERS = {"workers"}
ANYWHERE = MEDIA | MODELS | OUTSIDE | DATABASE_TOOLS

LOADED = "import importlib, json, sys; importlib.import_module(sys.argv[1]); print(json.dumps(list(sys.modules)))"


@pytest.mark.parametrize(
    ("started", "not_needed"),
    [
        pytest.param("app", ANYWHERE | WORKERS, id="web"),
        pytest.param("workers.worker", ANYWHERE | PAGES | {"numpy"}, id="worker"),
        pytest.param("workers.janitor", ANYWHERE | PAGES | {"numpy"}, id="janitor"),
        pytest.param("scripts.prepare", ANYWHERE | PAGES | WORKERS | {"numpy", "httpx", "fsspec"}, id="prepare"),
        pytest.param("scripts.run", ANYWHERE | PAGES | WORKERS | {"numpy", "flask", "sqlalchemy"}, id="launcher"),
    ],
)
def test_it_imports_nothing_that_only_others_need(started: str, not_needed: set[str]) -> None:
    done = subprocess.run([sys.executable, "-c", LOADED, started], cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not not_needed & set(json.loads(done.stdout))
