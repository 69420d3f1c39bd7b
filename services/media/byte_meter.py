"""How much of a file has been fetched or stored, as a job tells it."""

from services.importing.kinds import MEBIBYTE
from services.jobs.work import Work


class Meter:
    """Reports bytes as MiB of a step, and is a place to stop at each."""

    def __init__(self, work: Work) -> None:
        self.name = "fetching"
        self._work = work
        self._done = self._told = 0

    def of(self, size_bytes: int) -> None:
        """The step begins, of so many bytes."""
        self._work.progress.step(self.name, total=max(1, size_bytes // MEBIBYTE))

    def more(self, number: int) -> None:
        self._done += number
        news = self._done // MEBIBYTE - self._told
        if news:
            self._told += news
            self._work.progress.advance(news)
            self._work.checkpoint()
