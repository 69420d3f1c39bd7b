"""Start everything, watch it, stop it: what `make run` runs."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config import Settings, prepare_data_dir, read_settings
from errors import BackbeatError
from scripts.supervision import exposure
from scripts.supervision.preflight import check_port_is_free, check_shared, make_run_folder, only_one
from scripts.supervision.programs import BACKBEAT, EntryPoints, Program, application_programs, redis_program
from scripts.supervision.redis_checks import check_redis_url
from scripts.supervision.redis_server import RedisServer, find_redis_server, prepare_folder
from scripts.supervision.startup import PreparationError, Startup
from scripts.supervision.stop_requests import StopRequested, StopRequests
from scripts.supervision.supervisord import Supervisord
from scripts.supervision.terminal import STDERR, say


def main(entry_points: EntryPoints = BACKBEAT) -> int:
    """The exit code: 0 after a stop that was asked for, 1 after a failure, which has been said in one line."""
    requests = StopRequests()
    try:
        settings = read_settings()
        prepare_data_dir(settings)
        run_folder = make_run_folder(settings)
        with only_one(run_folder):
            check_shared(settings)
            check_port_is_free(settings)
            for warning in exposure.warnings(settings):
                say(warning, to=STDERR)
            run(settings, _find_redis(settings), entry_points, run_folder, requests)
    except StopRequested:
        say("Stopped.")
    except PreparationError:
        return 1
    except BackbeatError as e:
        say(e.message, to=STDERR)
        return 1
    return 0


def _find_redis(settings: Settings) -> RedisServer | None:
    """The server to embed; None if `REDIS_URL` names one, which is checked."""
    if settings.redis_url is None:
        return find_redis_server(settings.data_dir)
    for warning in check_redis_url(settings.redis_url):
        say(warning, to=STDERR)
    return None


def run(
    settings: Settings, server: RedisServer | None, entry_points: EntryPoints, run_folder: Path, requests: StopRequests
) -> None:
    """Start, then watch until the end.

    :raise StopRequested: when somebody asked for it and all has stopped.
    """
    gate, redis_log = run_folder / "prepared", run_folder / "redis.log"
    for stale in (gate, redis_log):
        stale.unlink(missing_ok=True)
    programs = [*_redis(server, settings, redis_log), *application_programs(entry_points, settings, gate)]
    with _supervised(programs, run_folder, requests) as supervisord:
        startup = Startup(settings, supervisord, requests)
        if server:
            say(f"Starting {server} …")
        say("Preparing the database …")
        with startup.preparing(entry_points.prepare) as prepared:
            if server:
                startup.await_redis(redis_log)
            prepared()
        say(f"Starting {_parts(settings)} …")
        gate.touch()
        if "web" in settings.roles:
            startup.await_web()
            say(f"Backbeat is ready at {settings.base_url}/  (Ctrl-C stops it)")
            startup.welcome(entry_points.welcome)
        else:
            say("Backbeat's part on this host is started  (Ctrl-C stops it)")
        while True:
            startup.pause()


def _parts(settings: Settings) -> str:
    words = {"web": "the web server", "janitor": "the janitor", "worker": f"workers: {settings.workers}"}
    *most, last = [words[role] for role in ("web", "janitor", "worker") if role in settings.roles]
    return f"{', '.join(most)} and {last}" if most else last


def _redis(server: RedisServer | None, settings: Settings, log: Path) -> list[Program]:
    if server is None:
        return []
    return [redis_program(server, settings, log, lock=prepare_folder(server, settings.data_dir))]


@contextmanager
def _supervised(programs: list[Program], run_folder: Path, requests: StopRequests) -> Iterator[Supervisord]:
    supervisord = Supervisord(programs, run_folder)
    try:
        yield supervisord
    except StopRequested:
        say("Stopping; running jobs finish or go back to the queue (Ctrl-C again stops at once) …")
        raise
    finally:
        supervisord.stop(hurry=lambda: requests.urgent)


if __name__ == "__main__":
    sys.exit(main())
