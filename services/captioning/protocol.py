"""What tells a picture in words."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Colour:
    """One of the main colours: its plain name, what it looks like (`#rrggbb`), and its share of the picture."""

    name: str
    hex: str
    share: float


@dataclass(frozen=True, slots=True)
class Sight:
    """What is measured in a picture. All measures run from 0 to 1.

    `text` has the lines that are read in it. `motion` is how much differs from the frame before, None without one.
    `contrast` is how far its tones are spread, `colourfulness` how far they are from grey.
    """

    text: tuple[str, ...]
    colours: tuple[Colour, ...]
    brightness: float
    contrast: float
    sharpness: float
    colourfulness: float
    motion: float | None

    def as_json(self) -> dict[str, Any]:
        """As `Frame.seen` keeps it."""
        return {**asdict(self), "text": list(self.text), "colours": [asdict(colour) for colour in self.colours]}


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture in one sentence or a few, and what was measured in it."""

    caption: str
    sight: Sight


class Captioner(Protocol):
    """A way to caption; `name` has its version or model in it, and at most 120 characters."""

    name: str

    def caption(self, image_path: Path, *, before: Path | None) -> Seen:
        """What is to be seen in a picture; `before` is the frame ahead of it, where there is one.

        :raise MediaError: if the file is no picture that can be read.
        """
        ...
