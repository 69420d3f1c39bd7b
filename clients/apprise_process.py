"""Sending by Apprise, in a process that ends in time whatever it meets (`clients/apprise_sender.py`)."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SENDER = "clients.apprise_sender"  # not imported: what it needs is for that process alone
ROOT = Path(__file__).resolve().parent.parent
CHECK_SECONDS, SEND_SECONDS = 15.0, 30.0
START_SECONDS = 10.0  # what a busy machine may take to start it
# Nothing of ours is to be seen there: no settings, no proxies, no passwords.
VARIABLES = {"PATH": os.defpath, "LANG": "C.UTF-8"}


@dataclass(frozen=True, slots=True)
class Answer:
    """`error` is empty if all went well; `host` and `port` are those that the URL names itself, if it does."""

    error: str
    shown: str = ""
    host: str = ""
    port: int = 0


def look_at(url: str, *, allow_private: bool) -> Answer:
    """What Apprise makes of the URL; nothing is sent."""
    return _ask(url, "", "", "info", allow_private, CHECK_SECONDS)


def send(url: str, title: str, body: str, *, kind: str, allow_private: bool, seconds: float = SEND_SECONDS) -> Answer:
    """Send a message in plain text; `kind` is info, success, warning or failure."""
    return _ask(url, title, body, kind, allow_private, seconds)


def _ask(url: str, title: str, body: str, kind: str, allow_private: bool, seconds: float) -> Answer:
    asked = {"url": url, "title": title, "body": body, "kind": kind}
    text = json.dumps({**asked, "allow_private": allow_private, "within_seconds": seconds})
    try:
        done = subprocess.run(  # noqa: S603 - our own program, and nothing of the address on its command line
            [sys.executable, "-B", "-m", SENDER],
            input=text,
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=VARIABLES,
            timeout=seconds + START_SECONDS,
        )
        told: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):  # its alarm ended it, or it died
        return Answer(f"there was no answer within {seconds:.0f} s")
    return Answer(told.get("error", ""), told.get("shown", ""), told.get("host", ""), told.get("port", 0))
