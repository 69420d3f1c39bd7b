"""Big imports are quick, and hold one file at a time in memory."""

import tracemalloc

from sqlalchemy import func, select

from extensions import db
from models import PlaylistSong, Song
from tests.importing.makers import Batch, RecordingWork, make_job

ROWS = 5_000
FILES = 600
LYRICS = ("la " * 300 + "\n") * 100  # 90 kB; all of them are 54 MB


def test_it_takes_a_table_of_5000_songs(batch: Batch) -> None:
    batch.add("big.csv", "Track Name;Artist Name(s)\n" + "".join(f"Title {n};Artist {n % 99}\n" for n in range(ROWS)))
    work = RecordingWork()
    assert batch.run(work, make_job()).added == ROWS
    assert work.done["reading"] == ROWS
    assert db.session.scalar(select(func.count()).select_from(PlaylistSong)) == ROWS


def test_it_holds_few_files_in_memory(batch: Batch) -> None:
    for n in range(FILES):
        batch.add(f"{n}.txt", f"{n}\n{LYRICS}")
    tracemalloc.start()
    batch.run(RecordingWork(), make_job())
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 20 * 1024 * 1024
    assert db.session.scalar(select(func.count()).select_from(Song)) == FILES
