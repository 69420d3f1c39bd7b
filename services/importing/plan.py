"""Sorts the files of a batch: which belong together, and what is read first."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.importing.incoming import IncomingFile
from services.importing.kinds import LYRICS_SUFFIXES, is_litter, kind_of, stem_of, suffix_of
from services.library.text import drop_unprintable

ITEM_NAME_MAX_CHARS = 300
_ENTRY_LABEL_MAX_CHARS = 20  # of “: row 20000” behind a file's name


@dataclass(frozen=True)
class Bundle:
    """The files of one folder with one stem: “song.mp3” and “song.lrc” are one song."""

    audio: Sequence[IncomingFile]
    lyrics: Sequence[IncomingFile]  # the best first

    @property
    def files(self) -> list[IncomingFile]:
        return [*self.audio, *self.lyrics]


@dataclass(frozen=True)
class Plan:
    """A batch, sorted. The files have names that are fit to be shown, and no two of them the same."""

    bundles: Sequence[Bundle]
    playlists: Sequence[IncomingFile]
    others: Sequence[IncomingFile]  # of no kind that can be imported


def make_plan(files: Sequence[IncomingFile]) -> Plan:
    """The plan of a batch; hidden files are left out. The same files in the same order make the same plan."""
    named = list(_with_distinct_names([file for file in files if not is_litter(file.name)]))
    stems: dict[tuple[str, str], list[IncomingFile]] = {}
    for file in named:
        if kind_of(file.name) in ("song", "lyrics"):
            stems.setdefault(_bundle_key(file.name), []).append(file)
    return Plan(
        bundles=[_bundle(members) for members in stems.values()],
        playlists=[file for file in named if kind_of(file.name) == "playlist"],
        others=[file for file in named if kind_of(file.name) is None],
    )


def _bundle(members: Sequence[IncomingFile]) -> Bundle:
    lyrics = [file for file in members if kind_of(file.name) == "lyrics"]
    lyrics.sort(key=lambda file: LYRICS_SUFFIXES.index(suffix_of(file.name)))
    return Bundle([file for file in members if kind_of(file.name) == "song"], lyrics)


def _bundle_key(name: str) -> tuple[str, str]:
    folder = name.replace("\\", "/").rpartition("/")[0]
    return folder, stem_of(name).casefold()


def _with_distinct_names(files: Sequence[IncomingFile]) -> Iterator[IncomingFile]:
    taken: set[str] = set()
    numbers: dict[str, int] = {}  # where to go on counting: ten thousand files may be shown by one name
    for file in files:
        shown = name = _presentable(file.name)
        while name in taken:
            numbers[shown] = numbers.get(shown, 1) + 1
            name = _presentable(_numbered(file.name, numbers[shown]))
        taken.add(name)
        yield IncomingFile(name, file.path)


def _numbered(name: str, number: int) -> str:
    suffix = name[len(name) - len(suffix_of(name)) :]
    return f"{name.removesuffix(suffix)} ({number}){suffix}"


def _presentable(name: str) -> str:
    """A name that can be shown and stored, at most 280 characters, the end of it kept."""
    shown = " ".join(drop_unprintable(name).split())
    most = ITEM_NAME_MAX_CHARS - _ENTRY_LABEL_MAX_CHARS
    if len(shown) <= most:
        return shown
    digest = hashlib.sha256(name.encode(errors="replace")).hexdigest()[:8]
    return f"{digest}…{shown[-(most - len(digest) - 1) :]}"
