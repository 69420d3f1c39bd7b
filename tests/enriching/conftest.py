from collections.abc import Sequence

from services.enriching import enrich
from services.enriching.results import Findings
from services.transcribing.results import Segment, Word

WORD_SECONDS = 0.4

BREAD = (
    "A good bread begins with good flour and clean water. The baker mixes flour, water, salt and yeast. "
    "Then the dough must rest in a warm bowl. While the dough rests, the yeast makes small bubbles of gas. "
    "The baker kneads the dough until the dough is smooth. At last the bread goes into a hot oven. "
    "The oven gives the bread its brown crust. A fresh bread with a brown crust smells wonderful. "
)
STARS = (
    "On a clear night the telescope shows thousands of stars. Every star is a ball of hot gas. "
    "A telescope gathers the light of a star with a large mirror. The mirror of this telescope is four metres wide. "
    "Astronomers measure the light of the star for many hours. From the light they learn how old the star is. "
    "A planet that passes before its star takes away some light. So the telescope finds planets around distant stars. "
)


def spoken(text: str, *, start: float = 0.0, pause_seconds: float = 0.3, speaker: str | None = None) -> list[Segment]:
    """A segment for each sentence, at a steady pace, with a pause after each."""
    segments = []
    for sentence in text.replace("? ", "?|").replace(". ", ".|").split("|"):
        if said := sentence.split():
            words = tuple(
                Word(start + i * WORD_SECONDS, start + (i + 1) * WORD_SECONDS, w, 0.9) for i, w in enumerate(said)
            )
            segments.append(Segment(start, words[-1].end, " ".join(said), words, speaker))
            start = words[-1].end + pause_seconds
    return segments


def found(
    segments: Sequence[Segment],
    *,
    duration_seconds: float | None = None,
    silences: Sequence[tuple[float, float]] = (),
    scenes: Sequence[float] = (),
) -> Findings:
    """What is found in them; the recording ends a second after the last one unless told otherwise."""
    end = duration_seconds or (max(segment.end for segment in segments) + 1 if segments else 10.0)
    return enrich(segments, duration_seconds=end, silences=silences, scenes=scenes)
