"""A cycle keeps a worker for some minutes at most: what it did not come to is due at the next."""

import pytest

from extensions import current_settings
from models import User
from services.reconciling import reconcile
from services.renders import cycle
from services.renders.looking import Eyes, Sight
from tests.conftest import RunJobs
from tests.renders.conftest import render
from tests.renders.cycles import a_cycle, under_way
from tests.servers.nca import Nca


def test_it_ends_after_a_while(owner: User, renderer: Nca, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch) -> None:
    under_way(owner.id, renderer)
    with monkeypatch.context() as patch:
        patch.setattr(cycle, "LONGEST_SECONDS", -1.0)
        assert a_cycle(run_jobs)["checked"] == 0
    assert a_cycle(run_jobs)["checked"] == 1


def test_it_ends_in_the_middle_of_a_batch(owner: User, renderer: Nca, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [under_way(owner.id, renderer)[0] for _ in range(3)]
    settings = current_settings()
    one = cycle.Cycle("01JD8Z5M3V7Q2K4N6P8R0S1T2W", Eyes.of(settings), cycle.rules(settings))

    def last_look(*_: object) -> Sight:
        one.until = 0.0
        return Sight()

    monkeypatch.setattr(Eyes, "output_first", last_look)
    assert reconcile(one.reconciler(), batch_size=10, at_once=1)["checked"] == 1
    assert [render(each).checks for each in ids] == [1, 0, 0]
    assert [render(each).check_at for each in ids[1:]] == [1.0, 1.0]
