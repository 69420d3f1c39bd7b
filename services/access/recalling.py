"""Who asks, without asking the database: for as long as a mark in Redis says that nothing has changed.

A poll reads the mark together with its document. What was found out after the mark was first seen still holds while
the mark is the same; so a key that is revoked anywhere is refused at the next poll, and nobody is looked up each
second. Only where the mark was lost (Redis was away just then or failed over, or who made the change was killed before
it set the mark) is it believed for longer, at most `MAX_AGE_SECONDS`.
"""

import threading
from collections.abc import Hashable

from cachetools import TTLCache

import clock
from config import Settings
from services.access import keys, memory, tokens
from services.access.identity import SETTINGS_KEY, Identity
from services.access.memory import ENTRIES, ShortMemory
from services.access.openness import is_never_open
from store.polling import Mark

MAX_AGE_SECONDS = 30.0
# From this age on one poll in a while goes to the view, which finds out anew, while the others are answered: else all
# who ask would come to it at once.
RENEWED_AFTER_SECONDS = 20.0
RENEWAL_SECONDS = 2.0


class Recalling:
    """What one process remembers of those who ask. `since` is what `unchanged_since` has answered for the same poll."""

    def __init__(self, settings: Settings, known: ShortMemory) -> None:
        self._settings = settings
        self._known = known
        self._lock = threading.Lock()
        self._mark: Mark | object = object()  # none that could be read
        self._seen_at = 0.0
        self._being_renewed: TTLCache[Hashable, bool] = TTLCache(
            ENTRIES, RENEWAL_SECONDS, timer=lambda: clock.monotonic()
        )

    def unchanged_since(self, mark: Mark) -> float:
        """From which instant on (monotonic seconds) what was found out holds, now that this mark was read."""
        now = clock.monotonic()
        with self._lock:
            if mark != self._mark:
                self._mark, self._seen_at = mark, now
            return max(self._seen_at, now - MAX_AGE_SECONDS)

    def is_open(self, since: float) -> bool | None:
        """Whether everybody may come in; None if that is not known."""
        if is_never_open(self._settings):
            return False
        known = self._recall(memory.OPEN, since)
        return known if isinstance(known, bool) else None

    def of_local(self, since: float) -> Identity | None:
        return self._identity(memory.LOCAL, since)

    def of_key(self, text: str, since: float) -> Identity | None:
        digest = tokens.digest(text)
        if keys.is_of_settings(digest, self._settings):
            return self._identity(SETTINGS_KEY, since)
        return self._identity(memory.of_key(digest), since)

    def of_sign_in(self, token: str, since: float) -> Identity | None:
        return self._identity(memory.of_sign_in(tokens.digest(token)), since)

    def _identity(self, key: Hashable, since: float) -> Identity | None:
        known = self._recall(key, since)
        return known if isinstance(known, Identity) else None

    def _recall(self, key: Hashable, since: float) -> object | None:
        known = self._known.peek(key, since)
        if known is None or (known.asked_at < clock.monotonic() - RENEWED_AFTER_SECONDS and self._is_to_renew(key)):
            return None
        return known.answer

    def _is_to_renew(self, key: Hashable) -> bool:
        """Whether nobody has been sent to find it out anew a moment ago."""
        with self._lock:
            if key in self._being_renewed:
                return False
            self._being_renewed[key] = True
            return True
