"""Captions without any model that understands pictures: what is read in them, and what they look like."""

from pathlib import Path

from services.captioning import text, wording
from services.captioning.looking import look
from services.captioning.protocol import Seen


class LocalCaptioner:
    """Modest and true: it says what was measured, and never what a picture shows."""

    def __init__(self) -> None:
        self.name = f"local-{text.NAME}"
        text.reader()

    def caption(self, image_path: Path, *, before: Path | None) -> Seen:
        """As `protocol.Captioner` says."""
        sight = look(image_path, before)
        return Seen(wording.sentence(sight), sight)
