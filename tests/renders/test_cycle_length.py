"""A cycle keeps a worker for some minutes at most: what it did not come to is due at the next."""

import pytest

from models import User
from services.renders import cycle
from tests.conftest import RunJobs
from tests.renders.cycles import a_cycle, under_way
from tests.servers.nca import Nca


def test_it_ends_after_a_while(owner: User, renderer: Nca, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch) -> None:
    under_way(owner.id, renderer)
    with monkeypatch.context() as patch:
        patch.setattr(cycle, "LONGEST_SECONDS", -1.0)
        assert a_cycle(run_jobs)["checked"] == 0
    assert a_cycle(run_jobs)["checked"] == 1
