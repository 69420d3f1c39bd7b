"""No more is read of an audio file than tags need, wherever its reader has gone meanwhile."""

import os
from pathlib import Path

import pytest

from services.importing import frugal
from services.importing.frugal import FrugalFile
from services.importing.incoming import Refused


def test_reading_past_the_end_wins_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frugal, "MAX_TAG_BYTES", 10)
    path = tmp_path / "song.mp3"
    path.write_bytes(b"." * 20)
    with FrugalFile(path, "song.mp3") as file:
        file.seek(1000, os.SEEK_SET)
        assert file.read() == b""
        file.seek(0)
        with pytest.raises(Refused):
            file.read(11)
