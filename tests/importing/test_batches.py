"""The files of a batch are read together: lyrics go with their songs, playlists with their files, doubles are known."""

from sqlalchemy import select

from extensions import db
from models import Playlist, User
from services.library import playlists
from services.library.songs import get_song
from tests.importing.makers import Batch, RecordingWork, make_id3, only_song, titles
from tests.library.makers import add_song


def _order(name: str) -> list[str]:
    playlist = db.session.scalars(select(Playlist).where(Playlist.name == name)).one()
    return [get_song(song_id).title for song_id in playlists.song_ids_of(db.session(), playlist.id)]


def _tagged(batch: Batch, name: str, content: bytes, title: str, lyrics: str = "") -> None:
    frames = {"TPE1": {"text": "Trad."}, "USLT": {"lang": "eng", "text": lyrics}}
    make_id3(title, **frames).save(batch.add(name, content))


def test_it_makes_one_song_of_audio_and_lyrics_beside_it(batch: Batch, audio: dict[str, bytes]) -> None:
    batch.add("a/Song.lrc", "[ti:Other name]\n[00:01.00]from the file")
    _tagged(batch, "a/song.mp3", audio[".mp3"], "Tagged", "embedded")
    report = batch.run()
    assert report.counts == {"added": 1, "updated": 0, "existing": 0, "refused": 0, "playlists": 0}
    assert (only_song().title, only_song().lyrics, only_song().lyrics_source) == ("Tagged", "from the file", "file")


def test_it_prefers_lrc_to_other_lyrics_beside_a_song(batch: Batch, audio: dict[str, bytes]) -> None:
    batch.add("song.txt", "from the text")
    batch.add("song.mp3", audio[".mp3"])
    batch.add("song.lrc", "from the lrc")
    assert batch.run().added == 1
    assert only_song().lyrics == "from the lrc"


def test_it_keeps_folders_apart(batch: Batch) -> None:
    batch.add("one/song.txt", "one")
    batch.add("two/song.lrc", "[ti:Two]\ntwo")
    assert batch.run().added == 2


def test_it_takes_the_song_when_its_lyrics_are_refused(batch: Batch, audio: dict[str, bytes]) -> None:
    _tagged(batch, "song.mp3", audio[".mp3"], "Tagged", "embedded")
    batch.add("song.lrc", b"\x00\x01")
    report = batch.run()
    assert (report.added, report.refused) == (1, 1)
    assert only_song().lyrics == "embedded"


def test_it_takes_the_lyrics_when_their_song_is_refused(batch: Batch) -> None:
    batch.add("Trad. - Song.mp3", b"\x89PNG\r\n\x1a\n....")
    batch.add("Trad. - Song.lrc", "la la")
    report = batch.run()
    assert (report.added, report.refused) == (1, 1)
    assert (only_song().artist, only_song().lyrics) == ("Trad.", "la la")


def test_it_knows_doubles_in_the_batch_and_in_the_library(batch: Batch, owner: User, audio: dict[str, bytes]) -> None:
    add_song(owner, "Here already", lyrics="la")
    _tagged(batch, "1.mp3", audio[".mp3"], "New")
    _tagged(batch, "2.mp3", audio[".mp3"], "NEW!")
    _tagged(batch, "3.mp3", audio[".mp3"], "Here already")
    report = batch.run()
    assert (report.added, report.updated, report.existing) == (1, 1, 1)  # the duration is news
    assert titles() == ["Here already", "New"]


def test_it_changes_nothing_the_second_time(batch: Batch, audio: dict[str, bytes]) -> None:
    _tagged(batch, "song.mp3", audio[".mp3"], "Song", "la")
    batch.add("list.m3u", "song.mp3")
    batch.add("more.csv", "title\nAnother")
    batch.run()
    assert batch.run().counts == {"added": 0, "updated": 0, "existing": 2, "refused": 0, "playlists": 2}


def test_it_leaves_hidden_files_out(batch: Batch) -> None:
    for name in (".DS_Store", "a/.hidden/x.mp3", "__MACOSX/x.txt", "a\\Thumbs.db", "desktop.ini", "._song.mp3"):
        batch.add(name, "x")
    work = RecordingWork()
    assert batch.run(work).counts == {"added": 0, "updated": 0, "existing": 0, "refused": 0, "playlists": 0}
    assert work.steps == [("reading", 0), ("saving", 0)]


def test_it_takes_two_files_of_the_same_name(batch: Batch, audio: dict[str, bytes]) -> None:
    _tagged(batch, "01.mp3", audio[".mp3"], "One")
    _tagged(batch, "01.mp3", audio[".mp3"], "Two")
    assert batch.run().added == 2


def test_it_shows_names_that_are_long_or_broken(batch: Batch) -> None:
    batch.add("x" * 400 + ".mp3", b"\x89PNG\r\n\x1a\n")
    batch.add("a\udcff\u202eb\n.cue", b"x")
    broken, long = [item.name for item in batch.run().refusals]
    assert broken == "ab .cue"
    assert len(long) == 280
    assert long.endswith("xxx.mp3")


def test_it_makes_playlists_of_the_files_of_the_batch(batch: Batch, audio: dict[str, bytes]) -> None:
    batch.add("lists/mix.m3u", "#EXTINF:1,Wrong - Name\n..\\music\\two.mp3\n../music/one.mp3\n../music/two.mp3\n")
    _tagged(batch, "music/one.mp3", audio[".mp3"], "One")
    _tagged(batch, "music/two.mp3", audio[".mp3"], "Two")
    report = batch.run()
    assert report.counts == {"added": 2, "updated": 0, "existing": 0, "refused": 0, "playlists": 1}
    assert _order("mix") == ["Two", "One", "Two"]


def test_it_finds_songs_of_the_library_and_makes_the_missing(batch: Batch, owner: User) -> None:
    add_song(owner, "Here Already", "Trad.")
    batch.add("mix.m3u", "#EXTINF:99,New - Song\nnew.mp3\n#EXTINF:9,TRAD. - Here already!\nhere.mp3\n")
    report = batch.run()
    assert (report.added, report.updated) == (1, 1)
    assert _order("mix") == ["Song", "Here Already"]


def test_it_leaves_bad_entries_out_and_says_so(batch: Batch) -> None:
    batch.add("mix.csv", "title,artist\nOne,A\n,B\nThree,C\n")
    batch.add(
        "bad.json",
        '[{"title": "N\\u0000ul"}, {"title": "\\u202e"}, {"title": "Long", "lyrics": "%s"}]' % ("x" * 200_001),
    )
    report = batch.run()
    assert (report.added, report.refused, report.playlists) == (2, 5, 1)
    assert [(item.name, item.code) for item in report.refusals] == [
        ("mix.csv: row 3", "bad_entry"),
        ("bad.json: song 1", "invalid_input"),
        ("bad.json: song 2", "invalid_input"),
        ("bad.json: song 3", "invalid_input"),
        ("bad.json", "no_songs"),
    ]
    assert report.playlist_items[0].reason == "1 of 3 entries were left out."
    assert _order("mix") == ["One", "Three"]


def test_it_keeps_two_lists_of_one_name_apart(batch: Batch) -> None:
    batch.add("a/mix.csv", "title\nOne")
    batch.add("b/mix.csv", "title\nTwo")
    batch.add("c/mix.m3u", "#EXTINF:1,One\none.mp3")
    for _ in range(2):
        assert batch.run().playlists == 3
        assert (_order("mix"), _order("mix (2)")) == (["One"], ["Two"])


def test_it_renews_a_playlist_that_has_changed(batch: Batch) -> None:
    batch.add("mix.csv", "title\nOne\nTwo").write_text("title\nOne")
    batch.run()
    batch.files[0].path.write_text("title\nTwo\nOne")
    batch.run()
    assert _order("mix") == ["Two", "One"]


def test_it_reports_each_file_and_entry_of_a_step(batch: Batch, audio: dict[str, bytes]) -> None:
    for n in range(30):
        batch.add(f"{n}.txt", "la")
    batch.add("x.cue", "x")
    batch.add("list.csv", "title\nOne\nTwo")
    batch.add("bad.csv", "nothing")
    work = RecordingWork()
    batch.run(work)
    assert work.steps == [("reading", 34), ("saving", 1)]
    assert work.done == {"reading": 34, "saving": 1}
    assert "Reading 29.txt" in work.messages
    assert work.transactions == 6


def test_it_makes_a_small_result(batch: Batch) -> None:
    for n in range(60):
        batch.add(f"{n}.zip", b"PK\x03\x04")
        batch.add(f"{n}.csv", f"title\nSong {n}")
    result = batch.run().as_result()
    assert result["counts"] == {"added": 60, "updated": 0, "existing": 0, "refused": 60, "playlists": 60}
    assert (len(result["refused"]), len(result["playlists"]), len(result["song_ids"])) == (50, 50, 20)
    assert result["refused"][0].keys() == {"name", "code", "reason"}
    assert result["playlists"][0].keys() == {"id", "name"}
