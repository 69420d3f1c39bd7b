"""Each fault that is soon made: nothing lost, nothing doubled, every promise kept. `make faults` makes all of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.catalogue import Row, in_order
from tests.faults.kit import Kit, started_stack
from tests.faults.shared import SharedStack


@pytest.fixture(scope="module")
def shared_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedStack]:
    shared = SharedStack(lambda: started_stack(tmp_path_factory.mktemp("faults") / "data"))
    yield shared
    shared.close()


@pytest.mark.parametrize("row", [row for row in in_order() if row.short], ids=lambda row: row.number)
def test_it_keeps_every_promise(row: Row, tmp_path: Path, shared_stack: SharedStack) -> None:
    outcome = Kit(tmp_path, short=True, shared_stack=shared_stack).run(row.run)
    assert outcome.faults(bound_seconds=None) == []  # `make faults` holds how long each may take, on a quiet machine
