"""Bytes told as a share of a step's work, with a place to stop at each piece."""

from services.footage.context import Context
from services.media.shares import within


class Meter:
    """Reports from one share of the work to another, as the bytes come."""

    def __init__(self, context: Context, from_share: float, to_share: float) -> None:
        self._context = context
        self._reached = within(context.reached, from_share, to_share)
        self._total = self._done = 0

    def of(self, size_bytes: int) -> None:
        """There will be so many bytes."""
        self._total = size_bytes

    def more(self, number: int) -> None:
        """So many more have come. Raises whatever the context's checkpoint does."""
        self._done += number
        if self._total:
            self._reached(self._done / self._total)
        self._context.checkpoint()
