"""The configuration file of supervisord, written anew at each start."""

import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from scripts.supervision.programs import Program

LIFELINE = Path(__file__).resolve().parents[2] / "lifeline.py"
# supervisord would give a program up for ever after this many failed starts in a row; it waits longer each time.
NEVER_GIVE_UP = 1_000_000_000
# supervisord was started through the lifeline too, which leaves its pid in the environment.
SUPERVISOR_PID = "%(ENV_LIFELINE_PID)s"


def render(programs: Sequence[Program]) -> str:
    """The text of the file. No control socket is opened; the order of `programs` is that of the start."""
    sections = [_section("supervisord", _daemon())]
    for position, program in enumerate(programs, start=1):
        sections.append(_section(f"program:{program.name}", _program(program, priority=position)))
    return "\n".join(sections)


def _section(name: str, options: Mapping[str, object]) -> str:
    return "".join([f"[{name}]\n", *(f"{key}={value}\n" for key, value in options.items())])


def _daemon() -> dict[str, object]:
    options: dict[str, object] = {
        "nodaemon": "true",
        "nocleanup": "true",
        "loglevel": "warn",
        "logfile": "/dev/null",
        "logfile_maxbytes": 0,
    }
    if os.getuid() == 0:
        options["user"] = 0  # said aloud, or supervisord warns of running as root
    return options


def _program(program: Program, *, priority: int) -> dict[str, object]:
    numbered = program.processes is not None
    return {
        "command": _command(program),
        "process_name": "%(program_name)s_%(process_num)02d" if numbered else "%(program_name)s",
        "numprocs": program.processes or 1,
        "priority": priority,
        **_restarts(program),
        "startsecs": 1,
        "startretries": NEVER_GIVE_UP,
        "stopsignal": "TERM",
        "stopwaitsecs": program.stop_wait_seconds,
        "killasgroup": "true",
        "redirect_stderr": "true",
        "stdout_logfile": "/dev/fd/1",
        "stdout_logfile_maxbytes": 0,
    }


def _restarts(program: Program) -> dict[str, object]:
    return {"autorestart": "unexpected", "exitcodes": 0} if program.may_end else {"autorestart": "true"}


def _command(program: Program) -> str:
    options = ["--on-parent-death", program.on_parent_death]
    for name, path in (("--lock", program.lock), ("--gate", program.gate)):
        options += [name, str(path)] if path else []
    start, rest = [sys.executable, "-I", "-S", str(LIFELINE), "--parent"], [*options, "--", *program.command]
    return " ".join([*map(_quoted, start), SUPERVISOR_PID, *map(_quoted, rest)])


def _quoted(word: str) -> str:
    """One word of a command line, safe from the shell-like split, from `%` expansion and from inline comments."""
    quoted = shlex.quote(word).replace("%", "%%")
    for comment_sign in "#;":
        quoted = quoted.replace(comment_sign, f"'\"{comment_sign}\"'")
    return quoted
