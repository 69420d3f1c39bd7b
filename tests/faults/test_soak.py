"""A short soak with a fixed seed: all that was asked for takes place once. `make faults` has the long one."""

from pathlib import Path

import pytest

from tests import backend
from tests.faults.kit import Kit
from tests.faults.soak.run import PEACE_SECONDS, soak

SEED, JOBS, SECONDS = 4, 80, 10.0


@pytest.mark.backend("sqlite")  # whose lock is one of the faults; those of Redis are made to one at a socket anyway
@pytest.mark.timeout(420)  # twenty seconds where nothing else runs; every process that was killed has to start anew
def test_it_keeps_every_promise_through_random_faults(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    kit = Kit(tmp_path, seed=SEED, short=True, pinned=backend.pinned(request))
    assert kit.run(lambda kit: soak(kit, JOBS, SECONDS)).faults(PEACE_SECONDS) == []
