"""Where a recording's file comes from: this machine or an address."""

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

import clock
from clients import public_address
from clients.public_http import Opened, TooLong, open_stream
from config import Settings
from errors import BackbeatError, InvalidInput, TransientError
from services.importing.kinds import MEBIBYTE
from services.library import text

FETCH_SECONDS = 5 * 3600.0
IDLE_SECONDS = 30.0
# Who sends less than that much in that time keeps a worker from others' work.
LEAST_BYTES, LEAST_WITHIN_SECONDS = MEBIBYTE, 300.0
MAX_TRUSTED_URL_CHARS = 2000  # one that is signed is long
# Statuses of HTTP that say to try again later.
PASSING = frozenset({408, 425, 429})
TYPES_OF_WEB_PAGES = ("text/html", "application/json")

OnBytes = Callable[[int], None]


class NotFetched(BackbeatError):
    """What an address answers is no file that could be taken in, and trying again would not help."""

    code = "not_fetched"


def checked_path(given: str, settings: Settings, *, anywhere: bool) -> Path:
    """The regular file of that path, with all links followed.

    :raise InvalidInput: if there is none, or it lies outside `WATCH_DIR` where not `anywhere` is allowed.
    """
    if "\x00" in given or not Path(given).is_absolute():
        raise _refusal(given, "it is an absolute path, such as /media/talk.mp4")
    path = _resolved(given)
    if not anywhere:
        _refuse_outside(given, path, settings)
    if not _is_readable(path):
        raise _refusal(given, "it is a file that is there and that Backbeat may read")
    return path


def _resolved(given: str) -> Path:
    try:
        path = Path(given).resolve()
        str(path).encode()
    except UnicodeEncodeError:
        raise _refusal(given, "its name, with all links followed, is written in UTF-8: give it another name") from None
    except (OSError, RuntimeError):  # links that lead in a circle
        raise _refusal(given, "its links lead to a file, and not in a circle") from None
    return path


def _is_readable(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.stat().st_mode) and os.access(path, os.R_OK)
    except OSError:
        return False


def _refuse_outside(given: str, path: Path, settings: Settings) -> None:
    if settings.watch_dir is None:
        raise _refusal(given, "paths are taken only where WATCH_DIR names the folder that they lie in; send the file")
    if not path.is_relative_to(settings.watch_dir.resolve()):
        raise _refusal(given, "it lies in the folder that WATCH_DIR names")


def _refusal(given: str, allowed: str) -> InvalidInput:
    shown = given if len(given) <= 200 else f"{given[:200]}…"
    return InvalidInput(f"The path {shown!r} cannot be taken: {allowed}.", details={"path": allowed})


def checked_url(url: str, settings: Settings) -> str:
    """:raise InvalidInput: if it is none that may be asked, by its looks; the look-up comes when it is fetched."""
    public_address.parse(url, allow_private=settings.webhook_allow_private)
    return url


def clean_file_name(name: str, *, nameless: str) -> str:
    """The last part of a path of whatever system, as it is kept."""
    return text.clean(name.replace("\\", "/").rpartition("/")[2], field="file") or nameless


def name_in_url(url: str) -> str:
    """What the file is called there."""
    return unquote(PurePosixPath(urlsplit(url).path).name)


def fetch(
    url: str,
    target: Path,
    settings: Settings,
    *,
    on_size: Callable[[int], None],
    on_bytes: OnBytes,
    is_trusted: bool = False,
) -> None:
    """Download what the address has into a file; `on_size` hears how long it says to be.

    `is_trusted`: whoever runs Backbeat has named it, so that it may lie in a private network.

    :raise NotFetched: if it has no file for us. :raise TransientError: if that may change.
    """
    most = settings.max_media_mb * MEBIBYTE
    with open_stream(
        url,
        allow_private=is_trusted or settings.webhook_allow_private,
        total_seconds=FETCH_SECONDS,
        idle_seconds=IDLE_SECONDS,
        max_bytes=most,
        max_url_chars=MAX_TRUSTED_URL_CHARS if is_trusted else public_address.MAX_URL_CHARS,
    ) as answer:
        said = _refuse_what_is_no_file(answer, most)
        if said is not None:
            on_size(said)
        written = _write(_swift(answer.chunks), target, settings, on_bytes)
    if said is not None and written != said:
        raise TransientError(f"Only {written:,} of {said:,} bytes came before the connection ended.")


def _refuse_what_is_no_file(answer: Opened, most: int) -> int | None:
    """How many bytes it says that it has."""
    status, headers = answer.status, answer.headers
    if status in PASSING or status >= 500:
        raise TransientError(f"The address answers {status} just now.", retry_after_seconds=_retry_after(headers))
    if 300 <= status < 400:
        raise NotFetched(f"The address answers {status}, a redirect, which is not followed: give the one it leads to.")
    if status != 200:
        raise NotFetched(f"The address answers {status} instead of a file.")
    kind = headers.get("content-type", "").split(";")[0].strip().lower()
    if kind in TYPES_OF_WEB_PAGES:
        raise NotFetched(f"The address leads to {kind}, not to a file; give the address of the video itself.")
    length = headers.get("content-length", "")
    said = int(length) if length.isascii() and length.isdigit() else None
    if said is not None and said > most:
        raise too_large(most)
    return said


def _swift(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """What comes, as long as it does not come too slowly."""
    since, came = clock.monotonic(), 0
    for chunk in chunks:
        yield chunk
        came += len(chunk)
        if came >= LEAST_BYTES:
            since, came = clock.monotonic(), 0
        elif clock.monotonic() - since >= LEAST_WITHIN_SECONDS:
            raise TransientError(f"The file comes too slowly: {came:,} bytes in {LEAST_WITHIN_SECONDS / 60:g} minutes.")


def _write(chunks: Iterator[bytes], target: Path, settings: Settings, on_bytes: OnBytes) -> int:
    written = 0
    try:
        with target.open("wb") as file:
            for chunk in chunks:
                file.write(chunk)
                written += len(chunk)
                on_bytes(len(chunk))
    except TooLong as e:
        raise too_large(settings.max_media_mb * MEBIBYTE) from e
    return written


def too_large(most: int) -> NotFetched:
    return NotFetched(f"The file is larger than {most // MEBIBYTE:,} MB, the most that is taken (MAX_MEDIA_MB).")


def _retry_after(headers: Mapping[str, str]) -> float | None:
    said = headers.get("retry-after", "")
    return float(said) if said.isascii() and said.isdigit() and len(said) < 6 else None
