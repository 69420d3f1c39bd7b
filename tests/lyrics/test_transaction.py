"""No transaction is open while the network is waited for."""

import httpx
from flask import Flask

from clients.deadline import DeadlineTransport
from extensions import db, transaction
from models import Song, User
from services.lyrics import lyrics_for
from tests.lyrics.conftest import MakeClient
from tests.servers.lrclib import LrclibServer


class Spy(DeadlineTransport):
    """Notes at each request whether the session is in a transaction, and how many connections are in use."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[bool, str]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.seen.append((db.session().in_transaction(), db.engine.pool.status()))
        return super().handle_request(request)


def add_song() -> int:
    with transaction() as session:
        owner = User(name="ann", created_at=0.0)
        session.add(owner)
        session.flush()
        song = Song(owner_id=owner.id, artist="John Newton", title="Amazing Grace", album="Olney Hymns")
        song.duration_seconds = 180.0
        song.fingerprint = song.title_key = song.artist_key = song.search_text = "x"
        song.created_at = song.updated_at = 0.0
        session.add(song)
        session.flush()
        return song.id


def test_it_holds_no_transaction_during_a_request(server: LrclibServer, app: Flask, make_client: MakeClient) -> None:
    song = db.session.get_one(Song, add_song())
    assert db.session().in_transaction()
    spy = Spy()
    lyrics_for(song, make_client(transport=spy))
    assert server.paths == ["/api/get", "/api/search"]
    assert [in_transaction for in_transaction, _ in spy.seen] == [False, False]
    assert all("Current Checked out connections: 0" in status for _, status in spy.seen)
