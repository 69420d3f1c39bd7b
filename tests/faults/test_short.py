"""Each fault that is soon made: nothing lost, nothing doubled, every promise kept. `make faults` makes all of them."""

from pathlib import Path

import pytest

from tests.faults.catalogue import Row, in_order
from tests.faults.kit import Kit


@pytest.mark.parametrize("row", [row for row in in_order() if row.short], ids=lambda row: row.number)
def test_it_keeps_every_promise(row: Row, tmp_path: Path) -> None:
    outcome = row.run(Kit(tmp_path, short=True))
    assert outcome.faults(row.bound_seconds) == []
