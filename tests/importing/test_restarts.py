"""An import that was killed goes on where it was, and counts nothing twice."""

import pytest
from sqlalchemy import func, select

from extensions import db
from models import ImportItem, Playlist, Song
from services.jobs.work import HandBack
from services.library import playlists
from tests.importing.makers import Batch, RecordingWork, make_job

SONGS, ROWS = 50, 250


@pytest.fixture
def big(batch: Batch) -> Batch:
    for n in range(SONGS):
        batch.add(f"songs/{n}.txt", f"la {n}")
    batch.add("bad.mp3", b"\x89PNG\r\n\x1a\n")
    batch.add("rows.csv", "title\n" + "".join(f"Row {n}\n" for n in range(ROWS)) + "Row 1\n")
    batch.add("mix.m3u", "".join(f"songs/{n}.txt\n" for n in reversed(range(SONGS))))
    batch.add("y.cue", "x")
    return batch


# Two playlists are counted, 51 files are read, three times a hundred rows and one list of 50, two playlists saved.
@pytest.mark.parametrize("stop_at", [1, 3, 24, 50, 54, 55, 56, 57, 58, 59])
def test_it_goes_on_behind_the_place_where_it_was_stopped(big: Batch, stop_at: int) -> None:
    job_id = make_job()
    with pytest.raises(HandBack):
        big.run(RecordingWork(stop_at), job_id)
    report = big.run(RecordingWork(), job_id)
    assert report.counts == {"added": SONGS + ROWS, "updated": 0, "existing": 0, "refused": 2, "playlists": 2}
    assert db.session.scalar(select(func.count(Song.id))) == SONGS + ROWS
    for name, size in (("rows", ROWS + 1), ("mix", SONGS)):
        playlist = db.session.scalars(select(Playlist).where(Playlist.name == name)).one()
        assert len(playlists.song_ids_of(db.session(), playlist.id)) == size


def test_it_reads_no_file_again(big: Batch) -> None:
    job_id = make_job()
    big.run(RecordingWork(), job_id)
    for file in big.files:
        file.path.unlink()
    again = RecordingWork()
    assert big.run(again, job_id).added == SONGS + ROWS
    assert again.transactions == 0


def test_it_writes_down_what_became_of_each_file(big: Batch) -> None:
    big.add("songs/0.lrc", "[ti:0]\nla 0")
    job_id = make_job()
    big.run(RecordingWork(), job_id)
    items = {item.name: item for item in db.session.scalars(select(ImportItem))}
    assert len(items) == SONGS + 1 + 2 + ROWS + 2
    assert (items["bad.mp3"].outcome, items["bad.mp3"].kind, items["bad.mp3"].details) == (
        "refused",
        "song",
        {"code": "wrong_content"},
    )
    assert items["bad.mp3"].reason == "“bad.mp3” is not an MP3: it holds a PNG image."
    assert (items["songs/0.txt"].kind, items["songs/0.txt"].details["part_of"]) == ("lyrics", "songs/0.lrc")
    assert items["rows.csv: row 2"].outcome == "added"
    assert items["mix.m3u"].details["playlist_name"] == "mix"


def test_it_writes_nothing_down_without_a_job(big: Batch) -> None:
    big.run()
    assert db.session.scalar(select(func.count(ImportItem.id))) == 0
