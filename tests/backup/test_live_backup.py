"""A backup that is made in mid-work, and another Backbeat that is started from it: nothing of then is missing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from clients.storage import Storage
from config import read_settings
from tests.backup.conftest import Command
from tests.servers.lrclib import LrclibServer
from tests.stack import Stack
from tests.story.makers import slow_playlist
from tests.waiting import wait_until

SONGS = 40  # enough for a backup to be made meanwhile, on a machine that may do much else
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = b"the first half of a film, "


@pytest.fixture
def backbeat(tmp_path: Path, lrclib: LrclibServer) -> Callable[[str], Stack]:
    """Makes Backbeats that are not started yet, each with a database, Redis and storage of its own."""

    def make(name: str) -> Stack:
        few = {"WORKERS": "1", "WEB_PROCESSES": "1", "SAMPLE_LIBRARY": "false"}
        own = {"DATABASE_URL": "", "REDIS_URL": "", "STORAGE_URL": ""}  # whatever other tests stand on
        return Stack(tmp_path / name, LRCLIB_URL=lrclib.url, LRCLIB_REQUESTS_PER_SECOND="100", **few, **own)

    return make


@contextmanager
def started(stack: Stack) -> Iterator[None]:
    try:
        stack.start()
        yield
    finally:
        stack.stop()


def _begin_upload(stack: Stack) -> str:
    """The path of a video's upload of which half has come."""
    told = {"Upload-Length": str(2 * len(PIECE)), "Upload-Metadata": "filename Zi5tcDQ=,kind dmlkZW8="}
    path = stack.client.post("/api/uploads", headers=TUS | told).raise_for_status().headers["Location"]
    headers = TUS | {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    stack.client.patch(path, content=PIECE, headers=headers).raise_for_status()
    return str(path)


def _finished(stack: Stack, job_id: str) -> int:
    return int(stack.rows("SELECT count(*) FROM job WHERE parent_id = :id AND status = 'finished'", id=job_id)[0][0])


@pytest.mark.timeout(600)  # two starts of all of it, on a machine that may do much else
def test_work_of_the_moment_of_the_backup_goes_on_elsewhere(
    backbeat: Callable[[str], Stack], lrclib: LrclibServer, tmp_path: Path, command: Command
) -> None:
    lrclib.thinks_for_seconds = 0.3
    backup = tmp_path / "backup.tar"
    first = backbeat("first")
    Storage.of(first.settings).put("kept/film.bin", Path(__file__))
    with started(first):
        playlist = slow_playlist(first, lrclib, "The Slow Ones", SONGS)
        upload = _begin_upload(first)
        parent = first.post(f"/api/playlists/{playlist}/analyze")["job_id"]
        waiting = first.post(f"/api/songs/{first.post('/api/songs', title='Last', lyrics='la la')['id']}/analyze")
        wait_until(lambda: _finished(first, parent) >= 2, "some songs are done", within_seconds=60)
        made = command("backup", backup, first.environ)
        assert (made.returncode, made.stderr) == (0, "")
        assert _finished(first, parent) < SONGS  # it was made in the middle

    lrclib.thinks_for_seconds = 0.0
    second = backbeat("second")
    restored = command("restore", backup, second.environ)
    assert (restored.returncode, restored.stderr) == (0, "")
    with started(second):
        document = second.ended(parent)
        assert (document["status"], document["result"]["songs"]) == ("finished", SONGS)
        assert second.ended(waiting["job_id"])["status"] == "finished"
        assert second.rows("SELECT count(*) FROM (SELECT song_id FROM analysis GROUP BY song_id) AS once") == [
            (SONGS + 1,)
        ]
        assert second.client.head(upload, headers=TUS).headers["Upload-Offset"] == str(len(PIECE))
        assert b"".join(Storage.of(second.settings).open("kept/film.bin")) == Path(__file__).read_bytes()
        assert _key(second) == _key(first)


def _key(stack: Stack) -> str:
    return (read_settings(stack.environ).data_dir / "secret_key").read_text()
