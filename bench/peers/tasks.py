"""A Celery application on the same Redis: results kept for celery-progress, events sent for flower."""

import os

from celery import Celery

address = os.environ["REDIS_URL"].replace("unix://", "redis+socket://")
app = Celery("tasks", broker=address, backend=address)


def _nothing() -> None:
    """Do nothing."""


nothing = app.task(_nothing, name="nothing")
