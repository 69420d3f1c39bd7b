"""A song in two playlists at once: one analysis, each finding once."""

import threading
from collections.abc import Callable

from flask import Flask
from sqlalchemy import func, select

from extensions import db, transaction
from models import Analysis, Finding, Song
from services import analysing
from services.analyser import analyse, load
from services.lyrics import Lyrics

WORDS = "He drew a knife and stabbed him dead"


def test_they_leave_one_analysis(app: Flask, make_song: Callable[..., Song]) -> None:
    song_id = make_song(lyrics=WORDS).id
    load()
    judgement = analyse(WORDS)
    assert judgement.findings
    errors: list[Exception] = []

    def save() -> None:
        with app.app_context():
            try:
                with transaction():
                    analysing._save(song_id, Lyrics(WORDS, "file"), judgement, "v1")
            except Exception as e:
                errors.append(e)

    for _ in range(10):
        both = [threading.Thread(target=save) for _ in range(2)]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join()
    assert errors == []
    db.session.rollback()
    assert db.session.scalar(select(func.count(Analysis.id))) == 1
    assert db.session.scalar(select(func.count(Finding.id))) == len(judgement.findings)
