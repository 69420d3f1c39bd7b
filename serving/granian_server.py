"""granian, set up as gunicorn is in `gunicorn.conf.py`."""

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from config import Settings

MAX_HEAD_BYTES = 64 * 1024  # 200 job ids in one question, and a browser's headers
GRACEFUL_SECONDS = 10


def serve(settings: Settings, target: str = "serving.granian_app:application") -> None:
    """Serve until told to stop; a process that fails is replaced."""
    Granian(
        target,
        factory=True,
        interface=Interfaces.ASGINL,
        address=settings.host,
        port=settings.port,
        workers=settings.web_processes,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(max_buffer_size=MAX_HEAD_BYTES),
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=GRACEFUL_SECONDS,
    ).serve()
