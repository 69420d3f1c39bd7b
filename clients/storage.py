"""Where media lies: a folder, or a bucket that speaks S3, by the same few calls."""

import errno
import math
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any, Self
from urllib.parse import unquote, urlsplit

import fsspec
from botocore.exceptions import BotoCoreError
from fsspec.callbacks import Callback
from ulid import ULID

from config import Settings
from errors import BackbeatError, NotFound, TransientError

CHUNK_BYTES = 1024 * 1024
DRAFTS = ".drafts"  # of files that are not whole yet; no key lies there
# S3 takes at most 10,000 parts of a file, so these are enough for 500 GB.
S3_PART_BYTES = 50 * 1024 * 1024
# Servers other than Amazon's may send a part of a file with the checksum of all of it.
S3_CONFIG = {"response_checksum_validation": "when_required", "request_checksum_calculation": "when_required"}

# What a file system says of a name that no file can have, and of a disk of ours that is full.
NO_FILE = frozenset({errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP})
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})

Told = Callable[[int], None]


def _nobody(_: int) -> None:
    return None


class BadKey(BackbeatError):
    """A key that leads out of the storage, or to nothing that could be a file."""

    code = "bad_key"
    http_status = 404


class StorageAway(TransientError):
    """The storage does not answer, or refuses."""

    code = "storage_away"
    http_status = 503


class Storage:
    """Files by their keys, which are relative paths with `/`. A file is there whole, or not at all."""

    def __init__(self, filesystem: Any, root: str, *, is_local: bool) -> None:
        self._filesystem = filesystem
        self._root = root
        self._is_local = is_local

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The storage that `STORAGE_URL` names; cheap, for fsspec keeps one connection pool a thread."""
        parts = urlsplit(settings.effective_storage_url)
        if parts.scheme == "file":
            return cls(fsspec.filesystem("file", auto_mkdir=True), unquote(parts.path), is_local=True)
        options: dict[str, Any] = {
            "use_listings_cache": False,
            "default_block_size": 5 * CHUNK_BYTES,
            "config_kwargs": S3_CONFIG,
        }
        if settings.s3_endpoint_url:
            options["endpoint_url"] = settings.s3_endpoint_url
        filesystem = fsspec.filesystem("s3", **options)
        return cls(filesystem, f"{parts.netloc}{unquote(parts.path)}", is_local=False)

    def put(self, key: str, path: Path, *, on_bytes: Told = _nobody, may_link: bool = False) -> None:
        """Keep a copy of a file under that key, in place of what was there; `on_bytes` hears how much more is done.

        A file that nobody will write to any more `may_link`: on the same disk it then costs neither time nor room.

        :raise StorageAway: if the storage does not take it. :raise OSError: if there is no room.
        """
        target = self._path(key)
        if self._is_local:
            self._put_locally(Path(target), path, on_bytes, may_link)
        else:
            with self._told_plainly():
                self._filesystem.put_file(str(path), target, callback=_callback(on_bytes), chunksize=S3_PART_BYTES)

    def _put_locally(self, target: Path, path: Path, on_bytes: Told, may_link: bool) -> None:
        drafts = Path(self._root) / DRAFTS
        drafts.mkdir(parents=True, exist_ok=True)
        draft = drafts / str(ULID())
        try:
            if not (may_link and _link(path, draft)):
                _copy(path, draft, on_bytes)
            target.parent.mkdir(parents=True, exist_ok=True)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)

    def sweep_drafts(self, before: float) -> int:
        """Remove what killed writers have left, if nobody has written to it since then, in seconds since the epoch.

        How many these were. In a bucket there are none.
        """
        drafts = Path(self._root) / DRAFTS
        if not self._is_local or not drafts.is_dir():
            return 0
        # Not the time of its content: a draft that is linked has that of the file that it is a second name of.
        left = [draft for draft in drafts.iterdir() if _changed_at(draft) < before]
        for draft in left:
            draft.unlink(missing_ok=True)
        return len(left)

    def open(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` up to, not including, `end`, a MiB at a time.

        :raise NotFound: at once, if there is no such file.
        """
        path, stop = self._path(key), self.size(key) if end is None else end
        return self._chunks(path, start, stop)

    def _chunks(self, path: str, start: int, stop: int) -> Iterator[bytes]:
        with self._told_plainly(), self._filesystem.open(path, "rb") as file:
            file.seek(start)
            while start < stop and (chunk := file.read(min(CHUNK_BYTES, stop - start))):
                start += len(chunk)
                yield chunk

    def size(self, key: str) -> int:
        """How many bytes it has.

        :raise NotFound: if there is no such file.
        """
        return int(self._info(key)["size"])

    def told(self, key: str) -> tuple[int, str]:
        """(bytes, version) at one look; the version changes whenever the file does, for ETags.

        :raise NotFound: if there is no such file.
        """
        info = self._info(key)
        written = str(info.get("ETag", "")).strip('"') or f"{info.get('mtime', 0):.6f}-{info.get('ino')}"
        return int(info["size"]), f"{written}-{info['size']}"

    def changed_at(self, key: str) -> float:
        """When it was last written to, in seconds since the epoch, by the clock of the storage.

        :raise NotFound: if there is no such file.
        """
        info = self._info(key)
        written = info.get("LastModified")
        return float(written.timestamp()) if written is not None else max(info["mtime"], info["created"])

    def exists(self, key: str) -> bool:
        try:
            self._info(key)
        except NotFound:
            return False
        return True

    def _info(self, key: str) -> dict[str, Any]:
        info: dict[str, Any] = {}
        with self._told_plainly(), _where_there_is_one():
            info = self._filesystem.info(self._path(key))
        if info.get("type") != "file":
            raise NotFound("The file is not in the storage any more.", code="file_not_found")
        return info

    def delete(self, key: str) -> None:
        """Remove a file; that it is not there is no error."""
        path, is_gone = self._path(key), False
        with self._told_plainly(), _where_there_is_one():
            self._filesystem.rm_file(path)
            is_gone = True
        if self._is_local and is_gone:
            self._drop_empty_folders(Path(path).parent)

    def _drop_empty_folders(self, folder: Path) -> None:
        while folder != Path(self._root) and not any(folder.iterdir()):
            folder.rmdir()
            folder = folder.parent

    def list(self, prefix: str = "") -> list[str]:
        """The keys of all files under a folder such as `inbox/`, in order."""
        under = self._path(prefix.rstrip("/")) if prefix else self._root
        with self._told_plainly():
            found = self._filesystem.find(under)
        keys = (path.removeprefix(self._root).lstrip("/") for path in found)
        return sorted(key for key in keys if not key.startswith(f"{DRAFTS}/") and key != prefix)

    @contextmanager
    def local_copy(self, key: str, within: Path | None = None) -> Iterator[Path]:
        """A path of the file that is only for reading: the file itself, or a copy that goes with the block.

        The copy lies `within` a folder, such as one that is swept when its worker was killed.

        :raise NotFound: if there is no such file.
        """
        self._info(key)
        if self._is_local:
            yield Path(self._path(key))
            return
        with tempfile.TemporaryDirectory(prefix="backbeat-", dir=within) as folder:
            copy = Path(folder) / PurePosixPath(key).name
            with self._told_plainly():
                self._filesystem.get_file(self._path(key), str(copy))
            yield copy

    @contextmanager
    def readable(self, key: str) -> Iterator[Path | IO[bytes]]:
        """A path of the file, or of one in a bucket what reads it there: only the stretches that are asked for come.

        :raise NotFound: if there is no such file.
        """
        self._info(key)
        if self._is_local:
            yield Path(self._path(key))
            return
        with self._told_plainly(), self._filesystem.open(self._path(key), "rb") as file:
            yield file

    def _path(self, key: str) -> str:
        parts = key.split("/")
        if not key or "\x00" in key or "\\" in key or any(part in ("", ".", "..") for part in parts):
            raise BadKey("A file of the storage is named by a relative path, without “..”.")
        if parts[0] == DRAFTS:
            raise BadKey(f"Nothing under {DRAFTS} can be asked for.")
        return self._inside(f"{self._root}/{key}")

    def _inside(self, path: str) -> str:
        """:raise BadKey: if a link in the folder leads out of it, or in a circle."""
        try:
            is_inside = not self._is_local or Path(path).resolve().is_relative_to(Path(self._root).resolve())
        except (RuntimeError, UnicodeEncodeError):
            raise BadKey("That name leads to no file.") from None
        if not is_inside:
            raise BadKey("That file lies outside the storage.")
        return path

    @contextmanager
    def _told_plainly(self) -> Iterator[None]:
        """What botocore says of a storage that is away names its address, which is for the log only.

        s3fs makes an OSError of whatever a server answers: EBUSY of “slow down”, EIO of what it does not know.
        """
        try:
            yield
        except (BotoCoreError, PermissionError, TimeoutError, ConnectionError) as e:
            raise _away() from e
        except OSError as e:
            if self._is_local or isinstance(e, FileNotFoundError) or e.errno in NO_ROOM:
                raise
            raise _away() from e


def _callback(on_bytes: Told) -> Callback:
    """fsspec's progress, which counts from the start, as `on_bytes` wants it."""
    done = 0

    def tell(_size: int | None, value: int, **_: Any) -> None:
        nonlocal done
        on_bytes(value - done)
        done = value

    return Callback(hooks={"tell": tell})


def _away() -> StorageAway:
    return StorageAway("The storage of the media does not answer just now, or refuses.")


@contextmanager
def _where_there_is_one() -> Iterator[None]:
    """Leave the block where there is no such file, nor can be one."""
    try:
        yield
    except OSError as e:
        if not isinstance(e, FileNotFoundError) and e.errno not in NO_FILE:
            raise


def _changed_at(draft: Path) -> float:
    try:
        return draft.stat().st_ctime
    except FileNotFoundError:  # it has got its name by now
        return math.inf


def _link(source: Path, target: Path) -> bool:
    """Whether the file could be given a second name: only on one disk, and not on every kind of it."""
    try:
        os.link(source, target)
    except OSError as e:
        if e.errno in (errno.ENOENT, errno.ENOSPC):
            raise
        return False
    return True


def _copy(source: Path, target: Path, on_bytes: Told) -> None:
    with source.open("rb") as reading, target.open("wb") as writing:
        while chunk := reading.read(CHUNK_BYTES):
            writing.write(chunk)
            on_bytes(len(chunk))
        writing.flush()
        os.fsync(writing.fileno())  # before it gets its name, or a power cut could leave an empty file of that name
