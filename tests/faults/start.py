"""Run a module as `python -m` would, in a process that knows the faults' job types: `start MODULE [ARGUMENT…]`."""

import os
import runpy
import sys
from typing import Any

from sqlalchemy import event
from sqlalchemy.pool import Pool

from services.jobs import registry
from tests.faults import steps
from tests.faults.tasks import FAULT_TYPES


def _note_opener(_connection: Any, record: Any) -> None:
    record.info["opened_by"] = os.getpid()


if __name__ == "__main__":
    registry.JOB_TYPES.update(FAULT_TYPES)
    event.listen(Pool, "connect", _note_opener)
    steps.watch()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
