"""The web server. Read by gunicorn, which finds this file by its name."""

import subprocess
import sys
from typing import Any

from config import read_settings
from errors import SettingsError
from lifeline import die_with_parent
from store import outages

try:
    settings = read_settings()
except SettingsError as e:
    sys.exit(e.message)

bind = f"[{settings.host}]:{settings.port}" if ":" in settings.host else f"{settings.host}:{settings.port}"
worker_class = "gthread"
workers = settings.web_processes
threads = 4
preload_app = False  # each process makes its own database and Redis connections

# Seconds.
timeout = 60  # a process that is silent for longer is replaced; a start on a busy machine may be slow
graceful_timeout = 10
keepalive = 15  # longer than the pause between two polls, so that a page polls over one connection

limit_request_line = 8190  # 200 job ids in one question
limit_request_fields = 100
limit_request_field_size = 8190

accesslog = None
errorlog = "-"
loglevel = "warning"
control_socket_disable = True


def on_starting(_server: Any) -> None:
    """Nothing listens where others can reach it before somebody could sign in."""
    outages.share_from_now_on()
    if settings.is_local:
        return
    # In a process of its own: the database's connections must not be shared with the processes that are forked.
    asked = subprocess.run((sys.executable, "-m", "scripts.way_in"), check=False)
    if asked.returncode != 0:
        sys.exit(1)


def post_fork(_server: Any, worker: Any) -> None:
    """A process whose master was killed would hold the port against the next one."""
    die_with_parent(worker.ppid)
