"""`python scripts/find_stuck_videos.py` and `python scripts/retry_stuck_videos.py`."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

import clock
from extensions import current_settings
from scripts.stuck_videos import find, retry
from services.videos import history
from tests.videos.rows import a_video
from tests.videos.waiting import a_video_in_upload, runs_of

ROOT = Path(__file__).parents[2]
Shell = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def shell(app: Flask) -> Shell:
    """Runs a script of the checkout as a person does, on the test's database."""
    settings = current_settings()
    environ = {
        **os.environ,
        "DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": str(settings.database_url),
        "REDIS_URL": str(settings.redis_url),
        "LOG_LEVEL": "error",
    }

    def run(script: str, *args: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, str(ROOT / "scripts" / script), *args]
        return subprocess.run(command, env=environ, capture_output=True, text=True, cwd="/", check=False)

    return run


def told(command: Any, *args: str) -> Result:
    """The command within this app; its exit code is what it gives back."""
    result = CliRunner().invoke(command, args, standalone_mode=False)
    assert result.exception is None, result.exception
    return result


def test_it_lists_them_in_a_table(app: Flask) -> None:
    stuck = a_video(name="The harbour at night", created_at=clock.now() - 7200)
    busy = a_video(run_ended_at=clock.now())
    result = told(find)
    head, row = (line for line in result.output.splitlines() if "ID" in line or stuck in line)
    assert head.split() == ["ID", "Name", "Status", "Age", "Tenant", "ID"]
    assert row.split() == [stuck, "The", "harbour", "at", "night", "pending", "2", "h", "tenant-1"]
    assert busy not in result.output
    assert result.return_value == 0


def test_it_says_so_when_there_is_none(app: Flask) -> None:
    result = told(find)
    assert (result.output, result.return_value) == ("No video is stuck.\n", 0)


def test_names_are_shown_as_they_are(app: Flask) -> None:
    a_video(name="[red]no colour[/red] ]", id="a" * 64, tenant_id="t" * 64)
    row = next(line for line in told(find).output.splitlines() if "a" * 64 in line)
    assert "[red]no colour[/red] ]" in row
    assert "t" * 64 in row


def test_a_long_name_cuts_no_id(app: Flask) -> None:
    video_id = a_video(name="x" * 300)
    row = next(line for line in told(find).output.splitlines() if video_id in line)
    assert row.split()[0] == video_id


def test_a_narrow_terminal_cuts_no_id(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    video_id, tenant_id = a_video(name="x" * 300), "tenant-1"
    monkeypatch.setattr("scripts.stuck_videos.WIDE", 72)
    row = next(line for line in told(find).output.splitlines() if video_id in line)
    assert tenant_id in row


def test_it_tells_programs(app: Flask) -> None:
    created_at = clock.now() - 7200
    video_id = a_video_in_upload(b"12345", 10, created_at=created_at, name="[b]é")
    document = json.loads(told(find, "--json").output)
    assert document["count"] == 1
    (row,) = document["videos"]
    assert row.pop("age_seconds") == pytest.approx(7200, abs=60)
    assert row == {
        "id": video_id,
        "name": "[b]é",
        "status": "uploading",
        "tenant_id": "tenant-1",
        "created_at": clock.iso(created_at),
    }
    assert runs_of(video_id) == []


def test_another_age_may_be_asked_for(app: Flask) -> None:
    video_id = a_video(created_at=clock.now() - 120)
    assert video_id not in told(find).output
    assert video_id in told(find, "--age-minutes", "1").output


def test_it_starts_them_with_a_line_for_each(app: Flask) -> None:
    stuck, busy = a_video(name="One"), a_video(name="Two", run_ended_at=clock.now())
    result = told(retry)
    (run,) = runs_of(stuck)
    assert result.output.splitlines() == [
        f"{stuck}  One  started, run {run.id}",
        f"{busy}  Two  skipped: recent_run (A run of it ended a short while ago.)",
        "Totals: found 2, triggered 1, skipped 1, failed 0.",
    ]
    assert result.return_value == 0
    assert history.runs().rows[0].started_by.endswith(" (script)")


def test_whoever_has_no_name_is_told_by_number(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", {}.__getitem__)
    told(retry)
    assert history.runs().rows[0].started_by == f"user {os.getuid()} (script)"


def test_a_dry_run_starts_none(app: Flask) -> None:
    stuck = a_video(name="One")
    result = told(retry, "--dry-run")
    assert result.output.splitlines() == [
        f"{stuck}  One  would be started",
        "Dry run, nothing was changed: found 1, triggered 1, skipped 0, failed 0.",
    ]
    assert (runs_of(stuck), history.runs().rows) == ([], [])


def test_it_starts_the_one_that_is_named(app: Flask) -> None:
    wanted, other = a_video(), a_video()
    told(retry, "--video-id", wanted)
    assert (len(runs_of(wanted)), runs_of(other)) == (1, [])


def test_it_exits_with_1_if_one_could_not_be_started(app: Flask) -> None:
    a_video_in_upload(b"12345", 10)
    there = current_settings().uploads_dir
    there.rename(there.with_name("elsewhere"))
    there.write_text("no folder")
    result = told(retry)
    assert result.return_value == 1
    assert "failed: The folder of uploads cannot be read just now" in result.output
    assert "failed 1." in result.output


def test_they_run_as_files_from_anywhere(shell: Shell) -> None:
    stuck = a_video()
    found = shell("find_stuck_videos.py", "--json")
    assert (found.returncode, found.stderr) == (0, "")
    assert [video["id"] for video in json.loads(found.stdout)["videos"]] == [stuck]
    retried = shell("retry_stuck_videos.py")
    assert (retried.returncode, retried.stderr) == (0, "")
    assert retried.stdout.endswith("Totals: found 1, triggered 1, skipped 0, failed 0.\n")
    assert [run.tags for run in runs_of(stuck)] == [["recovery"]]


def test_what_cannot_be_done_is_said(shell: Shell) -> None:
    unknown = shell("retry_stuck_videos.py", "--video-id", "nowhere")
    assert (unknown.returncode, unknown.stderr) == (2, "There is no video 'nowhere'.\n")


def test_an_age_below_none_is_refused() -> None:
    misused = CliRunner().invoke(find, ["--age-minutes", "-1"])
    assert misused.exit_code == 2
    assert "--age-minutes" in misused.stderr
