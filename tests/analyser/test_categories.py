"""Each category is found at each of its severities."""

import pytest

from services.analyser import analyse


@pytest.mark.parametrize(
    ("category", "severity", "line"),
    [
        ("profanity", 1, "Well damn this truck and damn this rain"),
        ("profanity", 2, "That was a load of shit, my friend"),
        ("profanity", 3, "Fuck the whole parade"),
        ("sexual", 1, "That sexy walk is all I see"),
        ("sexual", 2, "They made sweet love until the morning"),
        ("sexual", 3, "Another orgasm on the kitchen floor"),
        ("violence", 1, "He drew a pistol from his coat"),
        ("violence", 2, "He stabbed his brother by the mill"),
        ("violence", 3, "They tortured him and cut his fingers off"),
        ("drugs_alcohol", 1, "A glass of beer beside the door"),
        ("drugs_alcohol", 2, "We all got drunk on Friday night"),
        ("drugs_alcohol", 3, "He keeps his heroin beside the bed"),
        ("hate", 1, "You throw like a girl, you cry like a girl"),
        ("hate", 2, "Send all the foreigners back where they belong"),
        ("hate", 3, "Kill all the immigrants and burn their homes"),
        ("self_harm", 1, "Call the suicide hotline, friend, and stay"),
        ("self_harm", 2, "I wish that I had never been born"),
        ("self_harm", 3, "She slit her wrists and closed her eyes"),
    ],
)
def test_it_finds_each_category_at_each_severity(category: str, severity: int, line: str) -> None:
    found = [finding.severity for finding in analyse(line).findings if finding.category == category]
    assert found
    assert max(found) == severity


def test_it_calls_harm_to_oneself_self_harm_alone() -> None:
    assert {finding.category for finding in analyse("I took a knife and killed myself").findings} == {"self_harm"}


def test_it_lowers_what_is_denied() -> None:
    said = max(finding.severity for finding in analyse("I will murder that man").findings)
    denied = max(finding.severity for finding in analyse("I never murder anybody").findings)
    assert denied < said
