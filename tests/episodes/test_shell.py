"""`flask episodes …`."""

from pathlib import Path

from flask import Flask

from tests.conftest import RunJobs
from tests.episodes.conftest import fresh


def test_it_takes_a_file_of_this_machine(app: Flask, video: Path, run_jobs: RunJobs) -> None:
    told = app.test_cli_runner().invoke(args=["episodes", "add", str(video), "--title", "On rivers"])
    assert told.exit_code == 0
    assert told.output.startswith("on-rivers  arriving, by job ")
    run_jobs()
    assert fresh("on-rivers").arrival == "ready"


def test_it_says_why_it_takes_one_not(app: Flask, video: Path) -> None:
    told = app.test_cli_runner().invoke(args=["episodes", "add", "/no/such/file.mp4", str(video)])
    assert told.exit_code == 1
    assert "'/no/such/file.mp4' cannot be taken" in told.stderr
    assert "a-talk-about-rivers" in told.stdout


def test_it_asks_no_private_address(app: Flask) -> None:
    told = app.test_cli_runner().invoke(args=["episodes", "add", "http://127.0.0.1/a.mp4"])
    assert told.exit_code == 1


def test_it_lists_them(app: Flask, video: Path, tmp_path: Path, run_jobs: RunJobs) -> None:
    empty = tmp_path / "empty.mp4"
    empty.touch()
    run = app.test_cli_runner().invoke
    run(args=["episodes", "add", str(video), str(empty)])
    run_jobs()
    first, second = run(args=["episodes", "list"]).output.splitlines()
    assert first.startswith("unusable     empty  empty: The file is empty")
    assert second == "discovered   a-talk-about-rivers  A talk about rivers"


def test_it_discovers(app: Flask) -> None:
    assert app.test_cli_runner().invoke(args=["episodes", "discover"]).output == "0 new.\n"
