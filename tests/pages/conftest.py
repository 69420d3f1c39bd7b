"""Pages as the browser gets them, and songs with results that no analyser had to make."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

import clock
from extensions import db
from models import Analysis, Finding, Song, User
from services.access import memory, people
from tests.pages.browser import PASSWORD, Browser
from tests.pages.markup import Markup

Open = Callable[..., Markup]
Judge = Callable[..., Analysis]


@pytest.fixture
def open_page(client: FlaskClient) -> Open:
    """The page at an address, which must answer with the status."""

    def get(address: str, status: int = 200) -> Markup:
        response = client.get(address)
        assert response.status_code == status, response.text[:500]
        return Markup(response.text)

    return get


@pytest.fixture
def slow_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is known of who asks holds for longer than any page may take, so that none costs a look-up more."""
    monkeypatch.setattr(memory, "SECONDS", 60.0)


@pytest.fixture
def judge() -> Judge:
    """An analysis of a song with these findings, each a tuple of category, severity, line, words and reason."""

    def make(
        song: Song,
        rating: str = "mature",
        score: int = 58,
        findings: tuple[tuple[str, int, int, str, str], ...] = (),
        *,
        lyrics: str | None = None,
        analyser: str = "test-1",
        source: str = "pasted",
    ) -> Analysis:
        text = song.lyrics or "" if lyrics is None else lyrics
        analysis = Analysis(
            song_id=song.id,
            analyser=analyser,
            lyrics_digest=f"{hash((text, analyser))}",
            lyrics=text,
            lyrics_source=source,
            rating=rating,
            score=score,
            summary=f"It is {rating} because we say so.",
            language="en",
            themes=["love", "loss"],
            mood="dark",
            analysed_at=clock.now(),
            findings=[
                Finding(category=category, severity=severity, line=line, words=words, reason=reason)
                for category, severity, line, words, reason in findings
            ],
        )
        song.rating, song.score, song.analysed_at = rating, score, analysis.analysed_at
        db.session.add_all([analysis, song])
        db.session.commit()
        return analysis

    return make


@pytest.fixture
def ada(app: Flask) -> User:
    """The first person, an admin: from now on everybody signs in."""
    return people.create("Ada", "admin", password=PASSWORD, actor="test")


@pytest.fixture
def bob(ada: User) -> User:
    return people.create("Bob", "viewer", password=PASSWORD, actor="test")


@pytest.fixture
def adas(app: Flask, ada: User) -> Browser:
    """A browser in which Ada is signed in."""
    browser = Browser(app)
    browser.sign_in("Ada")
    return browser


@pytest.fixture
def bobs(app: Flask, bob: User) -> Browser:
    browser = Browser(app)
    browser.sign_in("Bob")
    return browser
