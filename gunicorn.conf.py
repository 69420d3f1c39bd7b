"""The web server. Read by gunicorn, which finds this file by its name."""

import resource
import sys
from importlib import import_module
from typing import Any

from config import read_settings
from errors import SettingsError
from lifeline import die_with_parent
from serving.gate import may_listen

# A connection needs a descriptor, and systems give few unless they are asked.
_, most_descriptors = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (most_descriptors, most_descriptors))

try:
    settings = read_settings()
except SettingsError as e:
    sys.exit(e.message)

bind = f"[{settings.host}]:{settings.port}" if ":" in settings.host else f"{settings.host}:{settings.port}"
worker_class = "serving.gunicorn_worker.PollsFirst"  # threads for all but polls
workers = settings.web_processes
threads = 4
worker_connections = 4000  # of each process; who polls keeps one
forwarder_headers = ""  # whose names would set the application's own address
preload_app = False  # the code is shared, not the app: each process makes its own connections

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
    if not may_listen(settings):
        sys.exit(1)
    import_module("app")  # once, for all that are forked from here


def post_fork(_server: Any, worker: Any) -> None:
    """A process whose master was killed would hold the port against the next one."""
    die_with_parent(worker.ppid)
