"""However it is stopped, nothing is left behind."""

import signal
import subprocess
from collections.abc import Callable

import psutil
import pytest

from tests.ops.launching import Launcher

ORPHAN_SECONDS = 10.0


def still_alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    return psutil.wait_procs(processes, timeout=ORPHAN_SECONDS)[1]


@pytest.mark.parametrize("asked_by", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_stops_cleanly_when_asked(running: Launcher, asked_by: signal.Signals) -> None:
    family = running.family()
    assert len(family) == 6  # the supervisor, Redis, janitor, two workers, web
    assert running.stop(asked_by) == 0
    assert not psutil.wait_procs(family, timeout=0)[1]
    assert running.lines[-1] == "Stopped."
    assert not any("Traceback" in line for line in running.lines)


def test_it_stops_web_first_and_redis_last(running: Launcher) -> None:
    running.stop()
    stops = [line.split()[0] for line in running.lines if line.endswith(" stops")]
    assert stops == ["web", "worker", "worker", "janitor"]
    assert "bye bye" in (running.settings.data_dir / "run" / "redis.log").read_text()


def test_it_stops_while_it_still_starts(launch: Callable[..., Launcher]) -> None:
    launcher = launch()
    launcher.wait_for("Preparing")
    family = launcher.family()
    assert launcher.stop() == 0
    assert not psutil.wait_procs(family, timeout=0)[1]


def test_it_stops_at_once_when_asked_again(launch: Callable[..., Launcher]) -> None:
    launcher = launch("0", "stubborn")
    launcher.wait_for("is ready")
    family = launcher.family()
    launcher.process.send_signal(signal.SIGINT)
    launcher.wait_for("worker stops")
    with pytest.raises(subprocess.TimeoutExpired):
        launcher.process.wait(timeout=1)  # it waits for the jobs that the workers finish
    launcher.process.send_signal(signal.SIGINT)
    assert launcher.process.wait(timeout=5) == 0
    assert not still_alive(family)


@pytest.mark.parametrize("victim", ["launcher", "supervisord"])
def test_it_leaves_no_orphan_when_it_is_killed(running: Launcher, victim: str) -> None:
    family = running.family()
    if victim == "launcher":
        running.process.kill()
    else:
        running.named("supervisor.supervisord").kill()
    assert not still_alive(family)


def test_it_says_so_when_the_supervisor_is_killed(running: Launcher) -> None:
    running.named("supervisor.supervisord").kill()
    assert running.end() == 1
    assert running.lines[-1].startswith("The supervisor ended unexpectedly")
