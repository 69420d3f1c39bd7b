"""The programs of one Backbeat, in the order in which they start; they stop in the opposite one."""

import sys
from dataclasses import dataclass
from pathlib import Path

from config import Settings
from scripts.supervision.redis_server import RedisServer, server_command


@dataclass(frozen=True)
class Program:
    """What the supervisor keeps running: one process, or with `processes` so many, named `name_00` and up.

    `gate` and `lock` are files: see `lifeline`.
    """

    name: str
    command: tuple[str, ...]
    stop_wait_seconds: int
    processes: int | None = None
    # Redis may finish writing; the rest must not go on alone, since a warm stop can take as long as a job.
    on_parent_death: str = "SIGKILL"
    # Whether it is left alone once it has ended with 0; else it is always started again.
    may_end: bool = False
    gate: Path | None = None
    lock: Path | None = None


@dataclass(frozen=True)
class EntryPoints:
    """The command lines of the application's own parts. `welcome` says, once all is up, what is left to do."""

    prepare: tuple[str, ...]
    janitor: tuple[str, ...]
    worker: tuple[str, ...]
    web: tuple[str, ...]
    welcome: tuple[str, ...] = ()


BACKBEAT = EntryPoints(
    prepare=(sys.executable, "-m", "scripts.prepare"),
    janitor=(sys.executable, "-m", "workers.janitor"),
    worker=(sys.executable, "-m", "workers.worker"),
    web=(sys.executable, "-m", "serving"),
    welcome=(sys.executable, "-m", "scripts.welcome"),
)


def redis_program(server: RedisServer, settings: Settings, log: Path, lock: Path) -> Program:
    """The embedded server. Its process holds `lock`, so that two never write the same append-only file."""
    command = server_command(server, settings, log)
    return Program("redis", command, stop_wait_seconds=30, on_parent_death="SIGTERM", lock=lock)


def application_programs(entry_points: EntryPoints, settings: Settings, gate: Path) -> list[Program]:
    """Janitor, workers and web as far as they are this host's `ROLES`, each held back until `gate` exists."""
    programs = [
        Program("janitor", entry_points.janitor, stop_wait_seconds=10, gate=gate),
        Program(
            "worker",
            entry_points.worker,
            stop_wait_seconds=30,
            processes=settings.workers,
            gate=gate,
            may_end=True,
        ),
        Program("web", entry_points.web, stop_wait_seconds=20, gate=gate),
    ]
    return [program for program in programs if program.name in settings.roles]
