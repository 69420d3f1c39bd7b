"""Descriptions without a language model: the most central of what is said and told, in its own words."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain

from services.describing.facts import (
    MAX_DESCRIPTION_CHARS,
    MAX_TITLE_CHARS,
    Description,
    Facts,
    shortened,
    tidy_tags,
)
from services.enriching.ranking import centrality
from services.enriching.sentences import Sentence, sentences_of, terms_of
from services.enriching.topics import topics_of
from services.transcribing.results import Segment

HEADLINE_CHARS, HEADLINE_LETTERS = 70, 4
SAID_WHOLE_WORDS = 40  # so little speech is told as a whole
MOST_SENTENCES, FEWEST_WORDS = 3, 4
MOST_LINES, SHORTEST_LINE = 6, 3
LINES_LOOKED_AT = 300  # each is compared with all others, and what is misread differs in every frame
MOSTLY, SMALLEST_SHARE = 0.6, 0.1  # of the picture


class LocalDescriber:
    """Says nothing that was not said, read or measured."""

    name = "local-extractive-1"

    def describe(self, facts: Facts) -> Description:
        """As `facts.Describer` says."""
        said, told, lines = sentences_of(facts.speech), _told(facts), _lines(facts)
        return Description(
            title=_title(facts, said, told, lines),
            description=_description(facts, said, told, lines),
            tags=tidy_tags([*facts.keywords, *_tags(facts, said, told, lines)]),
        )


def _told(facts: Facts) -> list[Sentence]:
    """The captions' sentences, each once."""
    captions = dict.fromkeys(moment.told for moment in facts.moments if moment.told)
    return sentences_of([Segment(float(at), float(at + 1), text, ()) for at, text in enumerate(captions)])


def _title(facts: Facts, said: Sequence[Sentence], told: Sequence[Sentence], lines: Sequence[str]) -> str:
    if facts.title:
        return shortened(facts.title, MAX_TITLE_CHARS)
    headline = _of_first(_written(facts)) or _of_first(_central(told, 1)) or _of_signs(lines)
    headline = headline or _of_first(_central(said, 1))  # the last choice: it may be misheard
    return shortened(headline[:1].upper() + headline[1:], HEADLINE_CHARS) or _plain_title(facts)


def _of_first(sentences: Sequence[Sentence]) -> str:
    return sentences[0].text.rstrip(".") if sentences else ""


def _of_signs(lines: Sequence[str]) -> str:
    return " / ".join([line for line in lines if _letters(line) >= HEADLINE_LETTERS][:2])


def _letters(line: str) -> int:
    return sum(character.isalpha() for character in line)


def _written(facts: Facts) -> list[Sentence]:
    """What people say of it."""
    return sentences_of([Segment(0.0, 1.0, facts.description, ())])


def _plain_title(facts: Facts) -> str:
    length = f" of {facts.duration_seconds:.0f} seconds" if facts.duration_seconds else ""
    colours = _main_colours(facts)
    return f"Footage{length}" + (f", mostly {' and '.join(colours)}" if colours else "")


def _description(facts: Facts, said: Sequence[Sentence], told: Sequence[Sentence], lines: Sequence[str]) -> str:
    parts = (facts.description, *_of_pictures(facts, told), _of_speech(said), _of_lines(lines))
    return shortened(" ".join(_ended(part) for part in parts if part), MAX_DESCRIPTION_CHARS)


def _of_pictures(facts: Facts, told: Sequence[Sentence]) -> Iterator[str]:
    if told:
        yield from (sentence.text for sentence in _central(told, MOST_SENTENCES))
    elif colours := _main_colours(facts):
        yield f"The picture is mostly {' and '.join(colours)}."


def _of_speech(said: Sequence[Sentence]) -> str:
    if not said:
        return "No speech is heard."
    is_short = sum(sentence.word_count for sentence in said) <= SAID_WHOLE_WORDS
    chosen = said if is_short else _central(said, MOST_SENTENCES)
    return f"It says: “{' … '.join(sentence.text for sentence in chosen)}”" if chosen else ""


def _of_lines(lines: Sequence[str]) -> str:
    return f"In the picture one reads {', '.join(f'“{line}”' for line in lines[:MOST_LINES])}." if lines else ""


def _central(sentences: Sequence[Sentence], most: int) -> list[Sentence]:
    """The most central ones, in their order."""
    ranks, links = centrality(sentences), _links(sentences)
    whole = [at for at, one in enumerate(sentences) if one.word_count >= FEWEST_WORDS and ranks[at] > 0]
    best = sorted(whole, key=lambda at: (-float(ranks[at]) * (1 + links[at]), at))[:most]
    return [sentences[at] for at in sorted(best)]


def _links(sentences: Sequence[Sentence]) -> list[int]:
    """How many terms each has with others in common: one of few sentences that stands alone would rank high."""
    holders = Counter(term for sentence in sentences for term in set(sentence.terms))
    return [sum(holders[term] > 1 for term in set(sentence.terms)) for sentence in sentences]


def _lines(facts: Facts) -> list[str]:
    """What stands in the pictures, that of most frames first; a line that holds another stands for it."""
    counts = Counter(line for moment in facts.moments for line in dict.fromkeys(moment.read) if _is_text(line))
    ordered = sorted(counts, key=lambda line: (-counts[line], -len(line)))[:LINES_LOOKED_AT]
    plain = [(line, line.lower()) for line in ordered]
    return [line for line, low in plain if not any(line != other and low in of_other for other, of_other in plain)]


def _is_text(line: str) -> bool:
    return sum(character.isalnum() for character in line) >= SHORTEST_LINE


def _main_colours(facts: Facts) -> list[str]:
    """As few as make up most of all pictures, at most two."""
    shares: defaultdict[str, float] = defaultdict(float)
    for name, share in chain.from_iterable(moment.colours for moment in facts.moments):
        shares[name] += share / len(facts.moments)
    most = sorted(shares, key=lambda name: (-shares[name], name))[:2]
    is_one_enough = not most or shares[most[0]] >= MOSTLY or shares[most[-1]] < SMALLEST_SHARE
    return most[:1] if is_one_enough else most


def _tags(facts: Facts, said: Sequence[Sentence], told: Sequence[Sentence], lines: Sequence[str]) -> Iterator[str]:
    """What is spoken of again and again, what is written by people and in the pictures, and what is said but once."""
    topics = topics_of([*told, *said])
    read = Counter(term for line in lines for term in terms_of(line))
    yield from (topic.name for topic in topics if len(topic.mentions) > 1)
    yield from terms_of(f"{facts.title} {facts.description}")
    yield from (term for term, _ in read.most_common() if len(term) > SHORTEST_LINE)
    yield from (topic.name for topic in topics)


def _ended(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?", "…", "”")) else f"{text}."
