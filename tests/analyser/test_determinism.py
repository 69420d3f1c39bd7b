"""The same text gives the same judgement, in any thread."""

from concurrent.futures import ThreadPoolExecutor

from services.analyser import CATEGORIES, RATINGS, VERSION, analyse, load

BALLAD = (
    "He stabbed her by the river\nAnd drank his whiskey dry\nI wish that I were dead, he said\nDamn this world, goodbye"
)


def test_it_judges_alike_every_time_and_in_every_thread() -> None:
    load()
    with ThreadPoolExecutor(4) as pool:
        judgements = set(pool.map(analyse, [BALLAD] * 16))
    assert judgements == {analyse(BALLAD)}


def test_it_keeps_to_its_vocabulary() -> None:
    analysis = analyse(BALLAD)
    assert VERSION.startswith("backbeat-lexical-")
    assert analysis.rating in RATINGS
    assert 0 <= analysis.score <= 100
    assert {finding.category for finding in analysis.findings} <= set(CATEGORIES)
    assert all(finding.severity in (1, 2, 3) and finding.reason.endswith(".") for finding in analysis.findings)
