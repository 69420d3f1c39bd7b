"""Listening to a recording piece by piece: each is kept as it is heard, and a later attempt goes on behind it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import structlog

from errors import TransientError
from services.media.shares import Reached, within
from services.transcribing import audio, language, pieces
from services.transcribing.protocol import Engine
from services.transcribing.results import Part, Segment

log = structlog.get_logger(__name__)

SOUND_SHARE = 0.03  # of the work: taking the sound out of the recording
MAX_ROUNDS = 3  # another job may take pieces away while this one listens
ENGINE_MAX_CHARS = 60


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the sound, in seconds from its start; `position` counts from 0."""

    position: int
    start: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Heard:
    """A piece, and what is said in it."""

    piece: Piece
    part: Part


class Kept(Protocol):
    """Where the pieces of one run of an engine through a recording are kept."""

    def pieces(self) -> list[Heard]:
        """Those that are kept, in order."""

    def keep(self, heard: Heard) -> None:
        """Keep one that was just heard. Raises if the work is not ours any more."""

    def is_done_by_another(self) -> bool:
        """Whether the whole was made elsewhere meanwhile, so that none of this is needed."""


@dataclass(frozen=True, slots=True)
class Listening:
    """One run of an engine through a recording; files of its own lie in `folder`."""

    engine: Engine
    kept: Kept
    folder: Path
    checkpoint: Callable[[], None]

    def go(self, source: Path, duration_seconds: float, reached: Reached) -> list[Heard] | None:
        """Listen to the pieces that are not kept yet, and keep each; all of them, in order.

        None where it is done by another.

        :raise MediaError: if the recording has no sound that can be read.
        :raise TransientError: if pieces are taken away again and again.
        """
        sound = self.folder / "sound.wav"
        audio.extract(
            source,
            sound,
            on_progress=within(reached, 0.0, SOUND_SHARE),
            checkpoint=self.checkpoint,
            duration_seconds=duration_seconds,
        )
        wanted = [Piece(position, *span) for position, span in enumerate(pieces.split(sound))]
        return self._rounds(sound, wanted, within(reached, SOUND_SHARE, 1.0))

    def _rounds(self, sound: Path, wanted: Sequence[Piece], reached: Reached) -> list[Heard] | None:
        for _ in range(MAX_ROUNDS):
            self._round(sound, self._left(wanted), wanted, reached)
            if self.kept.is_done_by_another():
                return None
            heard = [one for one in self.kept.pieces() if one.piece in set(wanted)]
            if len(heard) == len(wanted):
                return heard
        raise TransientError("Another job was at the same pieces of this recording; it is tried again.")

    def _round(self, sound: Path, left: Sequence[Piece], wanted: Sequence[Piece], reached: Reached) -> None:
        log.info("pieces_left", left=len(left), of=len(wanted))
        seconds, done = sum(piece.seconds for piece in left), 0.0
        for piece in left:
            until = done + piece.seconds
            self.kept.keep(Heard(piece, self._hear(sound, piece, within(reached, done / seconds, until / seconds))))
            done = until
            reached(done / seconds)

    def _left(self, wanted: Sequence[Piece]) -> list[Piece]:
        kept = {heard.piece for heard in self.kept.pieces()}
        return [piece for piece in wanted if piece not in kept]

    def _hear(self, sound: Path, piece: Piece, reached: Reached) -> Part:
        self.checkpoint()
        cut = self.folder / "piece.wav"
        audio.cut(sound, cut, start=piece.start, end=piece.end)
        return self.engine.transcribe(cut, start_seconds=piece.start, on_progress=reached, checkpoint=self.checkpoint)


def segments_of(heard: Iterable[Heard]) -> list[Segment]:
    """All that is said, in order."""
    return [segment for one in heard for segment in one.part.segments]


def language_of(heard: Iterable[Heard]) -> str | None:
    """What was spoken for the longest time; None where that could not be told."""
    seconds: dict[str, float] = {}
    for one in heard:
        spoken = one.part.language
        if spoken is not None and spoken != language.UNDETERMINED:
            seconds[spoken] = seconds.get(spoken, 0.0) + one.piece.seconds
    return max(seconds, key=seconds.__getitem__) if seconds else None
