"""What the peers are asked about: a Celery task in mid-progress, one that is over, a queue of RQ jobs. Prints ids."""

import json
import os
import sys

from redis import Redis
from rq import Queue

from bench.peers.tasks import app, nothing

PROGRESS = {"pending": False, "current": 40, "total": 100, "percent": 40.0, "description": "Reading the song"}


def main(jobs: int) -> None:
    app.backend.store_result("celery-progress-task", PROGRESS, "PROGRESS")
    queue = Queue(connection=Redis.from_url(os.environ["REDIS_URL"]))
    made = queue.enqueue_many([Queue.prepare_data("bench.plain.noop") for _ in range(jobs)])
    task = nothing.delay()
    print(json.dumps({"progress": "celery-progress-task", "rq": made[0].id, "celery": task.id}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
