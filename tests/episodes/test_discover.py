"""What is put into the watched folder or the inbox is found once, when it is all there."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import clock
from clients.storage import Storage
from errors import InvalidInput
from extensions import current_settings
from services.episodes import discover
from services.library import users
from services.media import stored
from services.schedules.table import SCHEDULES
from tests.conftest import RunJobs
from tests.episodes.conftest import fresh, job_of


@pytest.fixture
def watched(tmp_path: Path) -> Path:
    folder = tmp_path / "watched"
    folder.mkdir()
    return folder


@pytest.fixture
def settings_overrides(watched: Path) -> dict[str, Any]:
    return {"watch_dir": watched}


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some time after all that the test has written so far."""
    now = clock.now
    monkeypatch.setattr(clock, "now", lambda: now() + 60)


def ids() -> list[str]:
    return [arrival.episode_id for arrival in discover.discover(users.default_owner().id)]


@pytest.mark.usefixtures("app", "later")
def test_it_finds_what_is_in_the_folder_and_below(watched: Path, video: Path, run_jobs: RunJobs) -> None:
    (watched / "deep").mkdir()
    for name in ("b.mp4", "deep/a.MP4"):
        (watched / name).write_bytes(video.read_bytes())
    assert ids() == ["b", "a"]
    run_jobs()
    assert fresh("a").arrival == "ready"
    assert (watched / "b.mp4").is_file()


@pytest.mark.usefixtures("app", "later")
def test_it_finds_a_file_once(watched: Path, video: Path, run_jobs: RunJobs) -> None:
    (watched / "a.mp4").write_bytes(video.read_bytes())
    assert ids() == ["a"]
    assert ids() == []
    run_jobs()
    assert ids() == []


@pytest.mark.usefixtures("app", "later")
def test_it_finds_only_recordings(watched: Path) -> None:
    for name in (".hidden.mp4", "a.mp4.part", "notes.txt", "Thumbs.db"):
        (watched / name).write_bytes(b"x")
    (watched / ".trash").mkdir()
    (watched / ".trash" / "a.mp4").write_bytes(b"x")
    assert ids() == []


@pytest.mark.usefixtures("app")
def test_a_file_that_still_grows_is_left_for_the_next_time(
    watched: Path, video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (watched / "a.mp4").write_bytes(video.read_bytes())
    os.utime(watched / "a.mp4", (0, 0))  # a copy may bring the time of its original
    assert ids() == []
    now = clock.now
    monkeypatch.setattr(clock, "now", lambda: now() + 60)
    assert ids() == ["a"]


def test_one_that_was_of_no_use_is_found_again_once_it_was_changed(
    watched: Path, video: Path, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, owner_id, now = watched / "a.mp4", users.default_owner().id, clock.now
    monkeypatch.setattr(discover, "SETTLED_SECONDS", 0.0)
    path.write_bytes(b"")
    discover.discover(owner_id)
    run_jobs()
    assert fresh("a").problem == "empty_file"
    assert discover.discover(owner_id) == []
    path.write_bytes(video.read_bytes())
    os.utime(path, (now() + 5, now() + 5))
    assert [arrival.episode_id for arrival in discover.discover(owner_id)] == ["a"]
    run_jobs()
    assert (fresh("a").arrival, fresh("a").problem) == ("ready", None)


@pytest.mark.usefixtures("app", "later")
def test_no_link_leads_out_of_the_folder(watched: Path, video: Path) -> None:
    (watched / "a.mp4").symlink_to(video)
    assert ids() == []


@pytest.mark.usefixtures("app", "later")
def test_it_finds_what_is_in_the_inbox(video: Path, run_jobs: RunJobs) -> None:
    stored.storage().put("inbox/from afar.mp4", video)
    assert ids() == ["from-afar"]
    run_jobs()
    assert fresh("from-afar").arrival == "ready"
    assert stored.storage().exists("inbox/from afar.mp4")
    assert ids() == []


@pytest.mark.usefixtures("app", "later")
def test_it_asks_the_storage_only_about_what_it_does_not_know(
    video: Path, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    ask = Storage.changed_at

    def noting(storage: Storage, key: str) -> float:
        asked.append(key)
        return ask(storage, key)

    monkeypatch.setattr(Storage, "changed_at", noting)
    stored.storage().put("inbox/a.mp4", video)
    assert ids() == ["a"]
    run_jobs()
    stored.storage().put("inbox/b.mp4", video)
    assert ids() == ["b"]
    assert asked == ["inbox/a.mp4", "inbox/b.mp4"]


@pytest.mark.usefixtures("app")
def test_it_says_that_there_is_no_such_folder(watched: Path) -> None:
    watched.rmdir()
    with pytest.raises(InvalidInput, match="WATCH_DIR"):
        discover.discover(1)


@pytest.mark.usefixtures("app", "later")
def test_the_schedule_finds_them_too(watched: Path, video: Path, run_jobs: RunJobs) -> None:
    (watched / "a.mp4").write_bytes(video.read_bytes())
    assert SCHEDULES["discover_episodes"].is_paused
    SCHEDULES["discover_episodes"].start("0" * 26)
    run_jobs()
    assert fresh("a").arrival == "ready"
    assert job_of(str(users.default_owner().id)).result == {"found": 1, "episode_ids": ["a"]}


@pytest.mark.usefixtures("app", "later")
def test_what_cannot_be_taken_keeps_nothing_else_from_being_found(watched: Path, video: Path) -> None:
    (watched / "a.mp4").write_bytes(video.read_bytes())
    Path(os.fsdecode(os.fsencode(watched) + b"/caf\xe9.mp4")).write_bytes(b"x")
    (watched / "loop.mp4").symlink_to(watched / "loop.mp4")
    os.mkfifo(watched / "pipe.mp4")
    assert ids() == ["a"]


@pytest.mark.backend("folder")
@pytest.mark.usefixtures("app", "later")
def test_what_cannot_be_taken_from_the_inbox_keeps_nothing_else_from_being_found(video: Path, tmp_path: Path) -> None:
    stored.storage().put("inbox/a.mp4", video)
    inbox = Path(urlsplit(current_settings().effective_storage_url).path) / "inbox"
    Path(os.fsdecode(os.fsencode(inbox) + b"/caf\xe9.mp4")).write_bytes(b"x")
    (inbox / "loop.mp4").symlink_to(inbox / "loop.mp4")
    (inbox / "way-out.mp4").symlink_to(video)
    assert ids() == ["a"]
