"""The same storage in a bucket of a real S3 server, under a prefix."""

import errno
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from fsspec.spec import AbstractBufferedFile

from clients.storage import BadKey, Storage, StorageAway
from config import read_settings
from errors import NotFound
from services.media.pictures import pictures_of
from tests.media.makers import recording
from tests.servers.s3 import BUCKET, CREDENTIALS, s3_server

KEY = "episodes/one/source.mp4"
MANY_BYTES = 11 * 1024 * 1024  # more than fsspec reads ahead


@pytest.fixture(scope="module", autouse=True)
def _credentials() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in CREDENTIALS.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with s3_server(tmp_path_factory.mktemp("s3") / "root") as url:
        yield url


@pytest.fixture
def storage(server: str, request: pytest.FixtureRequest) -> Storage:
    prefix = request.node.name.replace("[", "-").replace("]", "")[:40]
    return Storage.of(read_settings({}, storage_url=f"s3://{BUCKET}/{prefix}", s3_endpoint_url=server))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    return path


def test_it_keeps_a_copy(storage: Storage, file: Path) -> None:
    told: list[int] = []
    storage.put(KEY, file, on_bytes=told.append)
    assert (storage.size(KEY), b"".join(storage.open(KEY)), sum(told)) == (10, b"0123456789", 10)


def test_it_gives_a_part_of_a_large_file(storage: Storage, tmp_path: Path) -> None:
    path, start = tmp_path / "large", MANY_BYTES - 1000
    path.write_bytes(bytes(start) + b"x" * 1000)
    storage.put(KEY, path)
    assert b"".join(storage.open(KEY, start - 1, start + 3)) == b"\0xxx"
    assert sum(map(len, storage.open(KEY))) == MANY_BYTES


def test_another_file_has_another_version(storage: Storage, file: Path) -> None:
    storage.put(KEY, file)
    before = storage.told(KEY)
    file.write_bytes(b"abcdefghij")
    storage.put(KEY, file)
    assert storage.told(KEY)[1] != before[1]
    assert b"".join(storage.open(KEY)) == b"abcdefghij"


def test_it_lists_what_is_there(storage: Storage, file: Path) -> None:
    for key in ("inbox/b.mp4", "inbox/deep/a.mp4", KEY):
        storage.put(key, file)
    assert storage.list("inbox/") == ["inbox/b.mp4", "inbox/deep/a.mp4"]
    assert storage.list() == [KEY, "inbox/b.mp4", "inbox/deep/a.mp4"]
    assert storage.list("nothing/") == []
    assert storage.changed_at(KEY) > 1_500_000_000


def test_it_forgets_a_file(storage: Storage, file: Path) -> None:
    storage.put(KEY, file)
    storage.delete(KEY)
    storage.delete(KEY)
    assert not storage.exists(KEY)


def test_it_lends_a_copy_that_goes_again(storage: Storage, file: Path, tmp_path: Path) -> None:
    storage.put(KEY, file)
    with storage.local_copy(KEY, tmp_path) as path:
        assert path.is_relative_to(tmp_path)
        assert (path.name, path.read_bytes()) == ("source.mp4", b"0123456789")
    assert not path.exists()


def test_it_says_that_a_file_is_not_there(storage: Storage) -> None:
    with pytest.raises(NotFound):
        storage.open(KEY)
    with pytest.raises(NotFound), storage.local_copy(KEY):
        pass


@pytest.mark.parametrize("key", ["", "../x", "a/../../b", "a//b", ".drafts/x"])
def test_no_key_leads_out_of_it(storage: Storage, key: str) -> None:
    with pytest.raises(BadKey):
        storage.size(key)


def test_it_says_that_the_server_is_away(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    away = Storage.of(read_settings({}, storage_url="s3://media/x", s3_endpoint_url="http://127.0.0.1:9"))
    with pytest.raises(StorageAway):
        away.put(KEY, file)


def test_it_says_that_it_may_not(server: str, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another-secret")
    refused = Storage.of(
        read_settings({}, storage_url="s3://media/y", s3_endpoint_url=server.replace("127.0.0.1", "localhost"))
    )
    with pytest.raises(StorageAway):
        refused.size(KEY)


# What s3fs makes of “slow down”, of an error of the server, and of what it does not know.
@pytest.mark.parametrize("code", [errno.EBUSY, errno.EREMOTEIO, errno.EIO])
def test_whatever_else_the_server_says_may_pass(
    storage: Storage, file: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise OSError(code, "No.")

    filesystem = storage._filesystem
    monkeypatch.setattr(filesystem, "put_file", refuse)
    monkeypatch.setattr(filesystem, "info", refuse)
    with pytest.raises(StorageAway):
        storage.put(KEY, file)
    with pytest.raises(StorageAway):
        storage.size(KEY)


def test_a_full_disk_of_ours_is_not_put_down_to_the_server(
    storage: Storage, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    storage.put(KEY, file)
    monkeypatch.setattr(storage._filesystem, "get_file", refuse)
    with pytest.raises(OSError, match="No space"), storage.local_copy(KEY):
        pass


def test_it_shows_a_moment_of_a_recording_without_bringing_all_of_it(storage: Storage, tmp_path: Path) -> None:
    path = recording(tmp_path / "long.mp4", "-movflags", "+faststart")
    path.write_bytes(path.read_bytes() + bytes(5 * MANY_BYTES))
    storage.put(KEY, path)
    with storage.readable(KEY) as far, pictures_of(far) as pictures:
        assert pictures.at(2.0, longer_px=80).size == (80, 60)
        assert isinstance(far, AbstractBufferedFile)
        assert far.cache.total_requested_bytes < 2 * MANY_BYTES
