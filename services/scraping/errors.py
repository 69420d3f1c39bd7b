"""What can be wrong with a page for good. What may pass by itself is a TransientError."""

from errors import BackbeatError


class PageNotRead(BackbeatError):
    """The page is none for us, and asking again would not help; `code` says why, `status` what was answered if so."""

    code = "page_not_read"

    def __init__(self, message: str, *, code: str, status: int | None = None) -> None:
        super().__init__(message, code=code)
        self.status = status
