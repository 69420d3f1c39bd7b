"""`make run` with processes that know the faults' job types too: `python -m tests.faults.launch`."""

import os
import signal
import sys

from lifeline import die_with_parent
from scripts.run import main
from scripts.supervision.programs import BACKBEAT, EntryPoints

START = (sys.executable, "-m", "tests.faults.start")

if __name__ == "__main__":
    die_with_parent(os.getppid(), signal.SIGTERM)  # a test that is killed leaves nothing behind
    sys.exit(
        main(
            EntryPoints(
                prepare=BACKBEAT.prepare,
                janitor=(*START, "workers.janitor"),
                worker=(*START, "workers.worker"),
                web=(*START, "gunicorn", "app:create_app()"),
            )
        )
    )
