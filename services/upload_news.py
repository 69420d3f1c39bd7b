"""Signs that an upload is still coming, while a long piece of it is read."""

from collections.abc import Callable

import structlog
from sqlalchemy.exc import SQLAlchemyError

import clock
from services.upload_files import Source

NEWS_SECONDS = 30.0

log = structlog.get_logger(__name__)


class Telling:
    """The bytes of a piece; `tell` is called every `NEWS_SECONDS` in which some of them are read."""

    def __init__(self, source: Source, tell: Callable[[], object]) -> None:
        self._source = source
        self._tell = tell
        self._told_at = clock.monotonic()

    def read(self, size: int, /) -> bytes:
        chunk = self._source.read(size)
        if clock.monotonic() - self._told_at >= NEWS_SECONDS:
            self._told_at = clock.monotonic()
            self._tell_unless_away()
        return chunk

    def _tell_unless_away(self) -> None:
        """The bytes lie in a file: a database that is away for a moment is no reason to break the piece off."""
        try:
            self._tell()
        except SQLAlchemyError as e:
            log.warning("upload_news_not_noted", reason=type(e).__name__)
