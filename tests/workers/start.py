"""A worker that also knows the job types of the tests."""

from services.jobs import registry
from tests.engine.tasks import TEST_TYPES
from tests.workers.tasks import WORKER_TYPES
from workers.worker import main

if __name__ == "__main__":
    registry.JOB_TYPES.update(TEST_TYPES | WORKER_TYPES)
    main()
