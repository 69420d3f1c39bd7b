"""Run a module as `python -m` would, in a process that knows the faults' job types: `start MODULE [ARGUMENT…]`."""

import runpy
import sys

from services.jobs import registry
from tests.faults.tasks import FAULT_TYPES

if __name__ == "__main__":
    registry.JOB_TYPES.update(FAULT_TYPES)
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
