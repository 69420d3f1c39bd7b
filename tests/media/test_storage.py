"""Media in a folder: whole files under keys that never lead out of it."""

import os
from contextlib import suppress
from pathlib import Path

import pytest

import clock
from clients.storage import BadKey, Storage
from config import read_settings
from errors import NotFound

KEY = "episodes/one/source.mp4"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "a folder%20of media"


@pytest.fixture
def storage(root: Path) -> Storage:
    return Storage.of(read_settings({}, storage_url=root.as_uri()))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    return path


def test_it_keeps_a_copy(storage: Storage, root: Path, file: Path) -> None:
    told: list[int] = []
    storage.put(KEY, file, on_bytes=told.append)
    file.write_bytes(b"changed")
    assert (storage.size(KEY), b"".join(storage.open(KEY)), sum(told)) == (10, b"0123456789", 10)
    assert (root / KEY).is_file()


def test_what_may_be_linked_costs_no_room(storage: Storage, root: Path, file: Path) -> None:
    storage.put(KEY, file, may_link=True)
    assert (root / KEY).stat().st_ino == file.stat().st_ino


def test_it_gives_a_part(storage: Storage, file: Path) -> None:
    storage.put(KEY, file)
    assert b"".join(storage.open(KEY, 2, 5)) == b"234"


def test_another_file_has_another_version(storage: Storage, file: Path) -> None:
    storage.put(KEY, file)
    before = storage.told(KEY)
    file.write_bytes(b"another")
    storage.put(KEY, file)
    assert storage.told(KEY) != before


def test_it_lists_what_is_there_and_no_drafts(storage: Storage, file: Path) -> None:
    storage.put("inbox/b.mp4", file)
    storage.put("inbox/deep/a.mp4", file)
    storage.put(KEY, file)
    assert storage.list("inbox/") == ["inbox/b.mp4", "inbox/deep/a.mp4"]
    assert storage.list() == [KEY, "inbox/b.mp4", "inbox/deep/a.mp4"]
    assert storage.list("nothing/") == []


def test_it_forgets_a_file_and_the_folders_that_this_leaves_empty(storage: Storage, root: Path, file: Path) -> None:
    storage.put(KEY, file)
    storage.delete(KEY)
    storage.delete(KEY)
    assert not storage.exists(KEY)
    assert not (root / "episodes").exists()


def test_what_could_not_be_kept_leaves_nothing_behind(storage: Storage, root: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        storage.put(KEY, tmp_path / "missing")
    assert [path for path in root.rglob("*") if path.is_file()] == []


def test_it_lends_the_file_itself(storage: Storage, root: Path, file: Path) -> None:
    storage.put(KEY, file)
    with storage.local_copy(KEY) as path:
        assert path == root / KEY
    assert storage.exists(KEY)


def test_it_says_that_a_file_is_not_there(storage: Storage) -> None:
    with pytest.raises(NotFound):
        storage.open(KEY)
    with pytest.raises(NotFound), storage.local_copy(KEY):
        pass


@pytest.mark.parametrize(
    "key", ["", "/etc/passwd", "../secret_key", "a/../../b", "a//b", "a/./b", "a\\..\\b", "a\0b", ".drafts/x"]
)
def test_no_key_leads_out_of_it(storage: Storage, file: Path, key: str) -> None:
    for use in (storage.open, storage.size, storage.delete, lambda key: storage.put(key, file)):
        with pytest.raises(BadKey):
            use(key)


@pytest.mark.parametrize("key", [f"{KEY}/x", "a" * 300, "loop", "loop/x"])
def test_a_name_that_no_file_can_have_is_none_of_a_file(storage: Storage, root: Path, file: Path, key: str) -> None:
    storage.put(KEY, file)
    (root / "loop").symlink_to(root / "loop")
    for use in (storage.size, storage.open):
        with pytest.raises((NotFound, BadKey)):
            use(key)
    with suppress(BadKey):
        storage.delete(key)
    assert storage.exists(KEY)


def test_no_link_leads_out_of_it(storage: Storage, root: Path, tmp_path: Path) -> None:
    root.mkdir()
    (root / "way-out").symlink_to(tmp_path)
    (tmp_path / "secret").write_text("secret")
    with pytest.raises(BadKey):
        storage.open("way-out/secret")


def test_it_sweeps_what_a_killed_writer_has_left(storage: Storage, root: Path, file: Path) -> None:
    now = clock.now()
    assert storage.sweep_drafts(before=now + 60) == 0
    storage.put(KEY, file)
    (root / ".drafts" / "left").write_bytes(b"half of it")
    assert storage.sweep_drafts(before=now - 60) == 0
    assert storage.sweep_drafts(before=now + 60) == 1
    assert list((root / ".drafts").iterdir()) == []
    assert storage.size(KEY) == 10


def test_a_draft_is_as_old_as_its_last_change_and_not_as_what_it_is_linked_to(
    storage: Storage, root: Path, file: Path
) -> None:
    (root / ".drafts").mkdir(parents=True)
    os.utime(file, (0, 0))
    os.link(file, root / ".drafts" / "linked")
    assert storage.sweep_drafts(before=clock.now() - 60) == 0
