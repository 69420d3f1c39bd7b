"""A user of PostgreSQL who may not make tables is told so in one line."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from tests import backend
from tests.ops.launching import PROJECT, environment

pytestmark = pytest.mark.backend("socket", "folder")


@pytest.fixture
def url_without_rights() -> Iterator[str]:
    url = make_url(backend.SERVERS.new_database())
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("REVOKE CREATE ON SCHEMA public FROM PUBLIC"))
        connection.execute(text("CREATE ROLE visitor LOGIN"))
        yield url.set(username="visitor").render_as_string(hide_password=False)
        connection.execute(text("DROP ROLE visitor"))
    engine.dispose()


def test_it_says_so(url_without_rights: str, tmp_path: Path) -> None:
    environ = environment(tmp_path, DATABASE_URL=url_without_rights)
    command = [sys.executable, "-m", "scripts.prepare"]
    ended = subprocess.run(command, cwd=PROJECT, env=environ, capture_output=True, text=True)
    assert ended.returncode == 1
    assert ended.stderr == "DATABASE_URL cannot be used: permission denied for schema public\n"
