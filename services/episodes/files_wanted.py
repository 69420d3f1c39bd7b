"""Which files are to be made of which clips, and whether one that is there will do. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Self

from errors import NotFound
from services.rendering.shapes import CLEAN, RATIOS, VARIANTS

__all__ = ["ASPECT_RATIOS", "VARIANTS", "FileWanted", "files_wanted", "will_do"]

ASPECT_RATIOS = tuple(RATIOS)


@dataclass(frozen=True, slots=True)
class FileWanted:
    """One file of one clip. As text, `12-subtitled-9x16`, it is the target of the job that makes it."""

    clip_id: int
    variant: str
    aspect_ratio: str

    def __str__(self) -> str:
        return f"{self.clip_id}-{self.variant}-{self.aspect_ratio}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """:raise NotFound: if no file can be called so."""
        clip_id, _, rest = text.partition("-")
        variant, _, aspect_ratio = rest.partition("-")
        if not (clip_id.isascii() and clip_id.isdigit() and variant in VARIANTS and aspect_ratio in ASPECT_RATIOS):
            raise NotFound(f"{text[:60]!r} names no file of a clip; one is called like 12-subtitled-9x16.")
        return cls(int(clip_id), variant, aspect_ratio)

    @property
    def in_words(self) -> str:
        return f"{self.variant}, {self.aspect_ratio.replace('x', ':')}"


def files_wanted(clip_ids: Iterable[int], variants: Sequence[str], aspect_ratios: Sequence[str]) -> list[FileWanted]:
    """Every variant in every aspect ratio, clip by clip."""
    return [FileWanted(*each) for each in product(clip_ids, variants, aspect_ratios)]


def will_do(made_at: float, variant: str, *, transcript_made_at: float | None, force: bool, asked_at: float) -> bool:
    """Whether a file made at that instant needs not be made again.

    What is burnt in is out of date once there is a newer transcript. One that is forced is made once: what its own
    earlier attempt made will do. A clip's bounds never change, so they are not looked at.
    """
    if force and made_at < asked_at:
        return False
    return variant == CLEAN or transcript_made_at is None or made_at >= transcript_made_at
