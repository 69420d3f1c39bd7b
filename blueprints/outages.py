"""What is wrong when a store does not do its part, in one sentence, and what to do about it. Pure."""

import errno

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

DISK_FULL = "The disk is full, so nothing can be kept just now. Nothing was changed: make room on it, and try again."
REDIS = "Redis does not do its part just now, and this cannot do without. Try again in a few seconds."
_BUSY = "The database is busy with something else just now. Nothing was changed: try again in a few seconds."
_TOO_LONG = (
    "The database took too long over this, and was stopped. Nothing was changed: ask for less at once, or try again "
    "later."
)
_AWAY = (
    "The database cannot be reached just now. Nothing was changed: try again in a few seconds, and if it stays away "
    "see whether it runs."
)
_UNREADABLE = (
    "The database file cannot be used. Whoever runs Backbeat should look at it, at the rights to its folder, and at "
    "its disk."
)
_NOT_OURS = (
    "The database lacks what Backbeat keeps in it. Whoever runs Backbeat should see that it is the right one, and "
    "start Backbeat again to bring it up to date."
)
_DAMAGED = (
    "The database file is damaged, or its disk is. Whoever runs Backbeat should stop it, look at the disk, and restore "
    "a backup."
)

# What SQLite and PostgreSQL say, in lower case, and what it means for people.
_MEANINGS = (
    (("disk is full", "no space left", "disk full", "could not extend file"), DISK_FULL),
    (("statement timeout",), _TOO_LONG),
    (("is locked", "too many clients", "lock timeout", "deadlock"), _BUSY),
    (("unable to open database", "readonly database", "disk i/o error"), _UNREADABLE),
    (("no such table", "no such column", "does not exist"), _NOT_OURS),
    (("malformed", "not a database"), _DAMAGED),
)
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


def of_database(error: Exception) -> str:
    """The sentence for an error of the database, of which nothing else may be told."""
    if isinstance(error, PoolTimeout):
        return _BUSY
    said = str(error.orig if isinstance(error, DBAPIError) else error).lower()
    return next((meaning for words, meaning in _MEANINGS if any(word in said for word in words)), _AWAY)


def is_no_room(error: OSError) -> bool:
    """Whether a file could not be written for want of room."""
    return error.errno in _NO_ROOM
