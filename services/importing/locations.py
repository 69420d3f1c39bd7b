"""Finds the songs of a batch by the paths that playlists give."""

import posixpath
import re
from urllib.parse import unquote

from services.library.text import normalised

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)  # two letters at least: “C:” is a drive
_FILE_ADDRESS = re.compile(r"file://(?:localhost)?(?=/)|file:(?=/)", re.IGNORECASE)


def is_address(location: str) -> bool:
    """Whether a location is on the network, and not a file."""
    return bool(_ADDRESS.match(location)) and not _FILE_ADDRESS.match(location)


def file_name(location: str) -> str:
    """The path of a location as a person would write it: `%20` is a blank, unless there are real ones too."""
    return location if " " in location else unquote(location)


class BatchIndex:
    """The song of each file of a batch, by its name, whatever its case, slashes and way of writing accents."""

    def __init__(self) -> None:
        self._song_ids: dict[str, int] = {}

    def add(self, name: str, song_id: int) -> None:
        self._song_ids[_key(name)] = song_id

    def find(self, list_name: str, location: str) -> int | None:
        """The song of a location in the playlist of that name.

        A path counts from the playlist's folder. Where that leads nowhere, its end is looked for in the batch, the
        longest first: a playlist says `D:\\Music\\Album\\x.mp3`, and a browser sends `Album/x.mp3`, or only `x.mp3`.
        """
        if not location or is_address(location):
            return None
        path = _FILE_ADDRESS.sub("", location, count=1)
        for spelled in dict.fromkeys((path, unquote(path))):
            for key in _candidates(_key(list_name), spelled.replace("\\", "/")):
                if key in self._song_ids:
                    return self._song_ids[key]
        return None


def _candidates(list_key: str, path: str) -> list[str]:
    parts = [part for part in _key(path).split("/") if part not in ("", "..")]
    return [_key(posixpath.join(posixpath.dirname(list_key), path)), *("/".join(parts[n:]) for n in range(len(parts)))]


def _key(name: str) -> str:
    normal = normalised("NFC", name.replace("\\", "/")).casefold()
    return posixpath.normpath(normal)
