"""A worker that also knows the job types of the tests; with `warm`, one that needs not be idle for long to be ready."""

import sys

from services.jobs import registry
from tests.engine.tasks import TEST_TYPES
from tests.workers.tasks import WORKER_TYPES
from workers import worker

if __name__ == "__main__":
    registry.JOB_TYPES.update(TEST_TYPES | WORKER_TYPES)
    if "warm" in sys.argv:
        worker.WARM_UP_AFTER_SECONDS = 1
    worker.main()
