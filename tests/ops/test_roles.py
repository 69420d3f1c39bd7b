"""A host of several starts its part: `ROLES` says which."""

from collections.abc import Callable
from pathlib import Path

from tests.ops.launching import Launcher
from tests.ops.test_refusals import refusal
from tests.waiting import wait_until

SHARED = {"DATABASE_URL": "postgresql://data.example/backbeat", "SECRET_KEY": "the same on all of them"}


def parts(launcher: Launcher) -> set[str]:
    """What runs, by what it calls itself."""
    return {process.cmdline()[-1] for process in launcher.family()} & {"worker", "janitor", "tests.ops.standins.web"}


def test_it_starts_workers_alone(launch: Callable[..., Launcher], own_redis: Callable[..., str]) -> None:
    launcher = launch(**SHARED, ROLES="worker", REDIS_URL=own_redis(appendonly="yes"))
    launcher.wait_for("part on this host is started")
    assert "Starting workers: 2 …" in launcher.lines
    wait_until(lambda: parts(launcher) == {"worker"}, "workers run, and nothing else")


def test_it_starts_the_web_server_and_the_janitor_without_workers(
    launch: Callable[..., Launcher], own_redis: Callable[..., str]
) -> None:
    launcher = launch(**SHARED, ROLES="web, janitor", REDIS_URL=own_redis(appendonly="yes"))
    launcher.wait_for("is ready")
    assert "Starting the web server and the janitor …" in launcher.lines
    assert parts(launcher) == {"janitor", "tests.ops.standins.web"}


def test_it_refuses_to_keep_for_itself_what_other_hosts_need(data_dir: Path) -> None:
    assert refusal(data_dir, ROLES="worker", DATABASE_URL=SHARED["DATABASE_URL"]) == (
        "ROLES='worker' leaves web and janitor to other hosts, so all of them must be told the same REDIS_URL and "
        "SECRET_KEY: set it here and there, or unset ROLES."
    )
