"""Short ways to fill a library."""

from extensions import transaction
from models import User
from services.library import songs


def add_song(owner: User, title: str, artist: str = "Trad.", lyrics: str | None = None) -> int:
    return songs.create_song(owner.id, title=title, artist=artist, lyrics=lyrics).id


def upsert(owner: User, draft: songs.SongDraft) -> tuple[int, str]:
    owner_id = owner.id
    with transaction() as session:
        return songs.upsert_draft(session, owner_id, draft)
