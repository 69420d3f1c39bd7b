"""What `rq cron` is told to run: one job every two seconds, whose effect is the time."""

import os

from rq.cron import register

from tests.faults.peer import jobs

INTERVAL_SECONDS = 2

register(jobs.append, "default", args=(os.environ["PEER_EFFECTS"], "tick"), interval=INTERVAL_SECONDS)
