"""The register of a passage, such as prayer, sport or garden, and what it makes innocent."""

from collections.abc import Mapping, Sequence

from services.analyser.tokens import Token
from services.analyser.wordlists import word_lists

WINDOW_LINES = 4
WORDS_NEEDED_AROUND = 3
WORDS_NEEDED_IN_ALL = 6
SHARE_IN_ALL = 0.05

# The highest severity that each register excuses. In a hymn hell is a place, blood redeems, and to die is to go home.
_EXCUSES: Mapping[str, Mapping[str, int]] = {
    "devotional": {"profanity": 1, "sexual": 1, "violence": 2, "drugs_alcohol": 1, "hate": 1, "self_harm": 2},
    "sport": {"violence": 2, "self_harm": 2},
    "garden": {"drugs_alcohol": 2, "sexual": 1, "hate": 3, "profanity": 2, "violence": 1},
    "kitchen": {"violence": 3, "sexual": 1},
    "barnyard": {"profanity": 2, "sexual": 2, "hate": 1},
    "stage": {"violence": 2, "self_harm": 1},
    "hunting": {"violence": 2},
    "weather": {"violence": 2, "self_harm": 1},
    "workshop": {"violence": 3, "sexual": 2, "profanity": 2},
    "gaming": {"violence": 2},
    "romance": {"violence": 1},
    "leisure": {"violence": 1},
    "nursery": {"self_harm": 2, "sexual": 1, "drugs_alcohol": 2},
}

Lines = Sequence[Sequence[Token]]


def excuses(lines: Lines) -> list[dict[str, int]]:
    """Give for each line the highest severity excused in each category."""
    excused: list[dict[str, int]] = [{} for _ in lines]
    for register, pardons in _EXCUSES.items():
        for line in _lines_in(register, lines):
            for category, severity in pardons.items():
                excused[line][category] = max(severity, excused[line].get(category, 0))
    return excused


def _lines_in(register: str, lines: Lines) -> range | list[int]:
    """Give the lines around which enough different words of the register stand; all of a song full of them."""
    words = word_lists("registers")[register]
    found = [[token.text for token in tokens if token.text in words] for tokens in lines]
    if len(set().union(*found)) < WORDS_NEEDED_AROUND:
        return []
    if register == "devotional" and _is_full(found, sum(map(len, lines))):
        return range(len(lines))
    return [line for line in range(len(lines)) if lines[line] and len(_around(found, line)) >= WORDS_NEEDED_AROUND]


def _is_full(found: Sequence[Sequence[str]], word_count: int) -> bool:
    words = [word for of_line in found for word in of_line]
    return len(set(words)) >= WORDS_NEEDED_IN_ALL and len(words) >= SHARE_IN_ALL * word_count


def _around(found: Sequence[Sequence[str]], line: int) -> set[str]:
    return set().union(*found[max(0, line - WINDOW_LINES) : line + WINDOW_LINES + 1])
