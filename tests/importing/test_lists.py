"""Playlist files of every format are read: names, songs, order, durations."""

import pytest

from services.importing.incoming import IncomingFile
from services.importing.lists import SongList, read_list
from services.library.songs import SongDraft
from tests.importing.makers import Batch

M3U = """#EXTM3U
#PLAYLIST:Old Songs
#EXTINF:61,Trad. - Greensleeves
music/Greensleeves.mp3
#EXTINF:-1 tvg-id="a,b" group="x",Just a Title
http://radio.example/stream
#EXTALB:Fairs
Trad. - Scarborough%20Fair.mp3
http://radio.example/other
"""
XSPF = """<?xml version="1.0" encoding="UTF-8"?>
<playlist version="1" xmlns="http://xspf.org/ns/0/"><title>Old Songs</title><trackList>
<track><location>file:///music/a.mp3</location><title>Greensleeves</title><creator>Trad.</creator>
<album>Old</album><duration>61500</duration></track>
<track><location>music/Trad.%20-%20Scarborough%20Fair.mp3</location></track>
<track><annotation>nothing</annotation></track>
</trackList></playlist>"""
EXPORTIFY = (
    "\ufeff“Track URI”,Track Name,Artist URI(s),Artist Name(s),Album URI,Album Name,Track Duration (ms)\n"
    'spotify:track:1,"Greensleeves, Slow",a:1,"Trad., Other",b:1,Old,61500\n'
)


def _read(batch: Batch, name: str, content: str | bytes) -> SongList:
    return read_list(IncomingFile(name, batch.add(name, content)))


def _drafts(found: SongList) -> list[SongDraft]:
    return [entry.draft for entry in found.entries if entry.draft]


def test_it_reads_m3u(batch: Batch) -> None:
    found = _read(batch, "x.m3u8", M3U)
    assert found.name == "Old Songs"
    assert [(d.artist, d.title, d.album, d.duration_seconds) for d in _drafts(found)] == [
        ("Trad.", "Greensleeves", "", 61.0),
        ("", "Just a Title", "", None),
        ("Trad.", "Scarborough%20Fair", "Fairs", None),
    ]
    assert found.entries[0].location == "music/Greensleeves.mp3"
    assert (found.entries[3].label, found.entries[3].problem) == ("line 9", "names no song, only an address")


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-8-sig"])
def test_it_reads_m3u_in_old_encodings(batch: Batch, encoding: str) -> None:
    content = "#EXTM3U\r\n#EXTINF:10,Mélanie - À la claire fontaine, élève\r\na.mp3\r\n".encode(encoding)
    assert _drafts(_read(batch, "x.m3u", content))[0].artist == "Mélanie"


def test_it_names_a_list_by_its_file_where_it_has_no_name(batch: Batch) -> None:
    assert _read(batch, "folder/Sunday.m3u", "a.mp3").name == "Sunday"


def test_it_reads_xspf(batch: Batch) -> None:
    found = _read(batch, "x.xspf", XSPF)
    assert found.name == "Old Songs"
    first, second = _drafts(found)
    assert (first.artist, first.title, first.album, first.duration_seconds) == ("Trad.", "Greensleeves", "Old", 61.5)
    assert (second.artist, second.title) == ("Trad.", "Scarborough Fair")
    assert (found.entries[2].label, found.entries[2].problem) == ("track 3", "has no title")


def test_it_reads_xspf_without_a_namespace_and_in_latin1(batch: Batch) -> None:
    tracks = "<trackList><track><title>Élan</title></track></trackList>"
    content = f'<?xml version="1.0" encoding="iso-8859-1"?><playlist>{tracks}</playlist>'
    assert _drafts(_read(batch, "x.xspf", content.encode("latin-1")))[0].title == "Élan"


def test_it_reads_what_exportify_writes(batch: Batch) -> None:
    (draft,) = _drafts(_read(batch, "x.csv", EXPORTIFY))
    assert (draft.title, draft.artist, draft.album, draft.duration_seconds) == (
        "Greensleeves, Slow",
        "Trad., Other",
        "Old",
        61.5,
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_it_reads_tables_with_any_delimiter(batch: Batch, delimiter: str, line_break: str) -> None:
    rows = [
        ["Artist", "TITLE", "Lyrics", "Duration", "Rank"],
        ["Trad.", "Greensleeves", f'"Alas, my; ""love""{line_break}you"', "1:01", "1"],
        ["", "", "", "", ""],
        ["Trad."],
    ]
    found = _read(batch, "x.csv", line_break.join(delimiter.join(row) for row in rows))
    (draft,) = _drafts(found)
    assert (draft.title, draft.artist, draft.duration_seconds) == ("Greensleeves", "Trad.", 61.0)
    assert draft.lyrics is not None
    assert draft.lyrics.splitlines() == ['Alas, my; "love"', "you"]
    assert [entry.problem for entry in found.entries] == ["", "has no title"]


def test_it_skips_the_line_in_which_spreadsheets_name_the_delimiter(batch: Batch) -> None:
    assert [d.title for d in _drafts(_read(batch, "x.csv", "sep=;\ntitle;artist\nOne;Two"))] == ["One"]


def test_it_reads_json(batch: Batch) -> None:
    content = """{"name": "Old Songs", "songs": [
        {"title": "Greensleeves", "artist": ["One", "Two"], "album": "Old", "duration": 61.5,
         "lyrics": ["Alas,", "my love"]},
        {"title": 1999, "duration_ms": 2000, "artist": null}, {"artist": "nobody"}, "text", {"title": {"deep": 1}}]}"""
    found = _read(batch, "x.json", content)
    first, second = _drafts(found)
    assert found.name == "Old Songs"
    assert (first.artist, first.duration_seconds, first.lyrics) == ("One, Two", 61.5, "Alas,\nmy love")
    assert (second.title, second.duration_seconds, second.artist) == ("1999", 2.0, "")
    assert [entry.label for entry in found.entries if entry.problem] == ["song 3", "song 4", "song 5"]


def test_it_reads_a_bare_list_of_json(batch: Batch) -> None:
    found = _read(batch, "Mix.json", '[{"title": "One"}, {"name": "Two"}]')
    assert (found.name, [d.title for d in _drafts(found)]) == ("Mix", ["One", "Two"])


@pytest.mark.parametrize("duration", ['"soon"', "-5", "NaN", "1e999", "null", "true", '"1:99:99:99"', "[]"])
def test_it_leaves_a_senseless_duration_out(batch: Batch, duration: str) -> None:
    found = _read(batch, "x.json", f'[{{"title": "One", "duration": {duration}}}]')
    assert _drafts(found)[0].duration_seconds is None
