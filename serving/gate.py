"""What holds before a web server listens, whichever it is."""

import subprocess
import sys

from config import Settings
from store import outages


def may_listen(settings: Settings) -> bool:
    """Whether it may: nothing listens where others can reach it before somebody could sign in. What is wrong is said.

    For a server's first process, before those are forked that answer.
    """
    outages.share_from_now_on()
    if settings.is_local:
        return True
    # In a process of its own: the database's connections must not be shared with the processes that are forked.
    return subprocess.run((sys.executable, "-m", "scripts.way_in"), check=False).returncode == 0
