"""The local LRCLIB can be started by hand, for demos."""

import subprocess
import sys
from pathlib import Path

from tests.lyrics.conftest import MakeClient


def test_it_serves_a_hymn(make_client: MakeClient) -> None:
    command = [sys.executable, "-m", "tests.servers.lrclib", "--port", "0"]
    with subprocess.Popen(command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url = process.stdout.readline().split()[-1]
        record = make_client(url).get("John Newton", "Amazing Grace", "Olney Hymns", 181)
        process.terminate()
    assert record is not None
    assert record.plain_lyrics is not None
    assert record.plain_lyrics.startswith("Amazing grace!")
