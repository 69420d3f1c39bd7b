"""The latest analysis of a song counts, and the earlier ones are kept."""

from extensions import transaction
from models import Analysis, Finding, User
from services.library import queries
from tests.library.makers import add_song


def _analyse(song_id: int, analyser: str, analysed_at: float) -> None:
    with transaction() as session:
        session.add(
            Analysis(
                song_id=song_id,
                analyser=analyser,
                lyrics_digest="",
                lyrics="a\nb",
                lyrics_source="file",
                rating="teen",
                score=30,
                summary="",
                language="en",
                themes=["sea"],
                mood="",
                analysed_at=analysed_at,
                findings=[Finding(category="violence", severity=1, line=n, words="w", reason="r") for n in (2, 1)],
            )
        )


def test_it_has_none_before_the_first(owner: User) -> None:
    song_id = add_song(owner, "Greensleeves")
    assert queries.latest_analysis(song_id) is None
    assert queries.analyses_of(song_id) == []


def test_it_answers_the_latest_with_its_findings_by_line(owner: User) -> None:
    song_id = add_song(owner, "Greensleeves")
    _analyse(song_id, "second", 2.0)
    _analyse(song_id, "first", 1.0)
    latest = queries.latest_analysis(song_id)
    assert latest is not None
    assert (latest.analyser, [finding.line for finding in latest.findings]) == ("second", [1, 2])
    assert [analysis.analyser for analysis in queries.analyses_of(song_id)] == ["second", "first"]
