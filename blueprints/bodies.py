"""How much a request may bring: 2 MiB, but for the endpoints that take files.

It is a part of the request itself, so that it holds for every endpoint that there is or will be, for addresses that
there are not, and for whoever reads the body first.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO, RawIOBase
from tempfile import TemporaryFile
from typing import IO, Any, cast

from flask import Flask, Request, Response, request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.utils import cached_property
from werkzeug.wsgi import LimitedStream

from extensions import current_settings

MEBIBYTE = 1024 * 1024
UPLOADS = frozenset(
    {
        "api_episodes.add_episode",
        "api_footage.add_footage",
        "api_import.import_files",
        "api_videos.add_video",
        "pages.episodes.upload",
        "pages.footage.upload",
        "pages.videos.upload",
        "pages.import_files",
    }
)
CALLS = frozenset({"api_renders.hear_renderer"})  # of whoever, before anybody knows who it is
PIECES = frozenset({"api_uploads.create_upload", "api_uploads.append_to_upload"})  # of files that may be larger
URL_ENCODED = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Limits:
    """`parts` are of a form: its fields and files."""

    body_bytes: int
    parts: int


PLAIN = Limits(body_bytes=2 * MEBIBYTE, parts=10_000)
CALL = Limits(body_bytes=256 * 1024, parts=100)
MAX_UPLOAD_PARTS = 20_000
MAX_READ_OFF_BYTES = 16 * MEBIBYTE
MAX_HELD_BYTES = 8 * MEBIBYTE  # of an upload, in memory: the heads of its parts, and fields that are no files


def init_app(app: Flask) -> None:
    app.request_class = BoundedRequest
    app.before_request(refuse_what_says_that_it_is_too_large)
    app.after_request(read_off_what_was_refused)


def refuse_what_says_that_it_is_too_large() -> None:
    """:raise RequestEntityTooLarge: by the header alone, though the view may never read the body."""
    if (request.content_length or 0) > _limits(request).body_bytes:
        raise RequestEntityTooLarge


def read_off_what_was_refused(response: Response) -> Response:
    """Take the rest of a body in that nobody wants, unless it is very long.

    The web server closes the connection after it, and who still writes then finds it broken and never sees the answer:
    browsers show an error of their own, nginx one of 502.
    """
    if response.status_code == RequestEntityTooLarge.code and (request.content_length or 0) <= MAX_READ_OFF_BYTES:
        with suppress(OSError, ClientDisconnected):  # who sends nothing more has no use for the answer either
            _read_off(request.environ["wsgi.input"], request.content_length or 0)
    return response


def _read_off(body: IO[bytes], left_bytes: int) -> None:
    while left_bytes > 0 and (read := body.read(min(left_bytes, MEBIBYTE))):
        left_bytes -= len(read)


class BoundedRequest(Request):
    """A request whose body is refused where it is too long, never cut, and whose files lie on the disk."""

    @cached_property
    def stream(self) -> IO[bytes]:
        refuse_what_says_that_it_is_too_large()
        if self.content_length is None and "wsgi.input_terminated" in self.environ:
            whole = _WholeStream(self.environ["wsgi.input"], _limits(self).body_bytes + 1, is_max=True)
            return cast(IO[bytes], whole)
        return super().stream

    def make_form_data_parser(self) -> FormDataParser:
        return _BoundedFormParser(
            stream_factory=self._get_file_stream,
            max_form_parts=_limits(self).parts,
            cls=self.parameter_storage_class,
        )

    def _get_stream_for_parsing(self) -> IO[bytes]:
        return cast(IO[bytes], _Metered(super()._get_stream_for_parsing(), self._spooled_bytes))

    def _spooled_bytes(self) -> int:
        return os.fstat(self._spool.fileno()).st_size if "_spool" in self.__dict__ else 0

    def close(self) -> None:
        super().close()
        if "_spool" in self.__dict__:
            self._spool.close()

    def _get_file_stream(self, *_: Any, **__: Any) -> IO[bytes]:
        """Werkzeug would hold each file below 500 kB in memory, and keep a descriptor open for each above."""
        return cast(IO[bytes], _SpooledPart(self._spool.fileno()))

    @cached_property
    def _spool(self) -> IO[bytes]:
        return TemporaryFile(buffering=0, dir=current_settings().uploads_dir)


class _WholeStream(LimitedStream):
    """The body of a request that does not say how long it is.

    Werkzeug's own stream ends at the limit as if the body did; here the limit is a byte that may not come.
    """

    def readall(self) -> bytes:
        body = super().readall()
        if self.is_exhausted:
            raise RequestEntityTooLarge
        return body


class _Metered:
    """The body of a form, refused once too much of it is neither in a file on the disk nor will be."""

    def __init__(self, stream: IO[bytes], spooled_bytes: Callable[[], int]) -> None:
        self._stream = stream
        self._spooled_bytes = spooled_bytes
        self._read_bytes = 0

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._read_bytes += len(data)
        if self._read_bytes - self._spooled_bytes() > MAX_HELD_BYTES:
            raise RequestEntityTooLarge
        return data


class _BoundedFormParser(FormDataParser):
    """Counts the fields of a plain form too, which Werkzeug does in multipart forms only."""

    def parse(self, stream: IO[bytes], mimetype: str, *args: Any, **kwargs: Any) -> Any:
        if mimetype == URL_ENCODED:
            body = stream.read()
            if body.count(b"&") >= PLAIN.parts:
                raise RequestEntityTooLarge
            stream = BytesIO(body)
        return super().parse(stream, mimetype, *args, **kwargs)


class _SpooledPart(RawIOBase):
    """One of many files that lie one behind the other in a file on the disk, so that they cost one descriptor.

    It is written once, then read; the next begins when it is whole.
    """

    def __init__(self, spool: int) -> None:
        self._spool = spool
        self._start = os.lseek(spool, 0, os.SEEK_END)
        self._size = self._position = 0

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        rest = memoryview(data)
        while rest:  # a disk that is nearly full takes a part
            written = os.pwrite(self._spool, rest, self._start + self._size)
            self._size += written
            rest = rest[written:]
        return len(data)

    def readinto(self, buffer: Any) -> int:
        most = min(len(buffer), self._size - self._position)
        data = os.pread(self._spool, most, self._start + self._position)
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        self._position = min(max(0, base + offset), self._size)
        return self._position


def _limits(asked: Request) -> Limits:
    if asked.endpoint in PIECES:
        return Limits(current_settings().max_media_mb * MEBIBYTE, PLAIN.parts)
    if asked.endpoint in CALLS:
        return CALL
    if asked.endpoint not in UPLOADS:
        return PLAIN
    return Limits(current_settings().max_upload_mb * MEBIBYTE, MAX_UPLOAD_PARTS)
