"""A worker that also knows the job types of the tests; with `cold`, one that loads nothing before it is needed."""

import sys

from services.jobs import registry
from tests.engine.tasks import TEST_TYPES
from tests.workers.tasks import WORKER_TYPES
from workers import worker

if __name__ == "__main__":
    registry.JOB_TYPES.update(TEST_TYPES | WORKER_TYPES)
    if "cold" in sys.argv:
        worker.WARM_UP_AFTER_SECONDS = 3600
    worker.main()
