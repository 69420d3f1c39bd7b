"""What an address has is fetched, if it is a public one and has a file."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from errors import InvalidInput, TransientError
from extensions import current_settings
from models import User
from services.episodes import arrivals
from services.jobs.runner import Runner
from services.media import sources
from tests.conftest import RunJobs
from tests.episodes.conftest import fresh, job_of
from tests.servers.shelf import Shelf, shelf_with
from tests.servers.sink import Received, sink


@pytest.fixture
def shelf(video: Path) -> Iterator[Shelf]:
    with shelf_with(video) as server:
        yield server


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    return {"webhook_allow_private": True, "max_media_mb": 1}


def test_it_fetches_the_file(owner: User, shelf: Shelf, run_jobs: RunJobs) -> None:
    arrival = arrivals.take_url(owner.id, shelf.url("on%20rivers.mp4?token=1"))
    run_jobs()
    episode = fresh(arrival.episode_id)
    assert (episode.id, episode.arrival, episode.file_name) == ("on-rivers", "ready", "on rivers.mp4")
    assert list(current_settings().uploads_dir.iterdir()) == []


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (404, {}),
        (302, {"Location": "http://127.0.0.1:9/"}),
        (200, {"Content-Type": "text/html; charset=utf-8"}),
        (200, {"Content-Length": str(2 * 1024 * 1024)}),
    ],
    ids=["missing", "redirect", "page", "too large"],
)
def test_it_says_why_there_is_no_file_there(
    owner: User, shelf: Shelf, run_jobs: RunJobs, status: int, headers: dict[str, str]
) -> None:
    shelf.status, shelf.headers = status, shelf.headers | headers
    arrival = arrivals.take_url(owner.id, shelf.url("a.mp4"))
    run_jobs()
    episode = fresh(arrival.episode_id)
    assert (episode.arrival, episode.problem, job_of(episode.id).attempt) == ("unusable", "not_fetched", 1)


@pytest.mark.parametrize(("status", "share"), [(503, 1.0), (429, 1.0), (200, 0.5)])
def test_it_tries_again_what_may_pass(owner: User, shelf: Shelf, run_jobs: RunJobs, status: int, share: float) -> None:
    shelf.status, shelf.share = status, share
    arrival = arrivals.take_url(owner.id, shelf.url("a.mp4"))
    run_jobs()
    assert (job_of(arrival.episode_id).attempt, job_of(arrival.episode_id).status) == (5, "failed")
    assert fresh(arrival.episode_id).arrival == "unusable"


def test_it_is_waited_for_until_then(owner: User, shelf: Shelf, runner: Runner) -> None:
    shelf.status = 503
    arrival = arrivals.take_url(owner.id, shelf.url("a.mp4"))
    runner.deliver(arrival.submission.job_id, 1)
    assert fresh(arrival.episode_id).arrival == "arriving"
    assert job_of(arrival.episode_id).attempt == 2


def _fetch(url: str, target: Path) -> None:
    sources.fetch(url, target, current_settings(), on_size=lambda _: None, on_bytes=lambda _: None)


@pytest.mark.usefixtures("app")
def test_it_waits_half_a_minute_for_more_and_not_for_hours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert sources.IDLE_SECONDS == 30
    monkeypatch.setattr(sources, "IDLE_SECONDS", 0.2)
    done = threading.Event()
    with sink() as silent:
        silent.otherwise = lambda *_: done.wait(20)
        with pytest.raises(TransientError, match="in time"):
            _fetch(silent.url, tmp_path / "file")
        done.set()


@pytest.mark.usefixtures("app")
def test_it_does_not_wait_for_what_comes_too_slowly(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sources, "LEAST_WITHIN_SECONDS", 0.3)
    done = threading.Event()

    def drip(handler: BaseHTTPRequestHandler, _: Received) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        while not done.wait(0.05):
            handler.wfile.write(b".")

    with sink() as slow:
        slow.otherwise = drip
        with pytest.raises(TransientError, match="too slowly"):
            _fetch(slow.url, tmp_path / "file")
        done.set()


@pytest.mark.parametrize("url", ["ftp://example.org/a.mp4", "file:///etc/passwd", "a.mp4", "http://u:p@example.org/a"])
def test_it_asks_no_other_kind_of_address(owner: User, url: str) -> None:
    with pytest.raises(InvalidInput):
        arrivals.take_url(owner.id, url)


class TestWithoutPermission:
    @pytest.fixture
    def settings_overrides(self) -> dict[str, Any]:
        return {}

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "169.254.169.254", "[::1]", "10.0.0.1", "0x7f.1"])
    def test_it_asks_no_private_address(self, owner: User, host: str) -> None:
        with pytest.raises(InvalidInput):
            arrivals.take_url(owner.id, f"http://{host}/a.mp4")
