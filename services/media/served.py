"""A file of the storage as it is handed out."""

import hashlib
from dataclasses import dataclass

from services.media import stored


@dataclass(frozen=True, slots=True)
class Served:
    """A file that is there. `tag` changes whenever its bytes do; `name` is what a download of it is called."""

    key: str
    size_bytes: int
    tag: str
    content_type: str
    name: str


def served(key: str, name: str) -> Served:
    """:raise NotFound: if there is no such file. :raise StorageAway: if that cannot be told just now."""
    storage = stored.storage()
    size, version = storage.told(key)
    tag = hashlib.sha256(f"{key}\n{version}".encode()).hexdigest()[:32]
    return Served(key, size, tag, stored.content_type(key), name)
