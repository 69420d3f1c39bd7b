"""Files that are shown by the same name get different ones, however many there are."""

from pathlib import Path

import pytest

from services.importing import plan
from services.importing.incoming import IncomingFile
from services.importing.plan import make_plan


def test_it_counts_on_where_names_differ_in_spaces_only(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers: list[int] = []
    numbered = plan._numbered

    def counted(name: str, number: int) -> str:
        numbers.append(number)
        return numbered(name, number)

    monkeypatch.setattr(plan, "_numbered", counted)
    files = [IncomingFile(f"a{' ' * spaces}b.mp3", Path("/nowhere")) for spaces in range(1, 101)]
    (bundles,) = [make_plan(files).bundles]
    assert len({file.name for bundle in bundles for file in bundle.files}) == 100
    assert len(numbers) == 99  # each name is looked for once
