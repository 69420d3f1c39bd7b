"""Search over footage and its frames by words: by their meaning, and by the words themselves, which come first."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import structlog

from clients.openai_api import Refused
from errors import TransientError
from extensions import current_settings, db
from services import embedding
from services.embedding import Embedder, Vector
from services.enriching.stop_words import STOP_WORDS
from services.footage.search_index import Index, Numbers, Text, folded, terms_of
from services.footage.search_memory import memory
from services.library import text

MAX_QUERY_CHARS = 200
PATIENCE_SECONDS = 4.0  # with an embedder that is elsewhere: a person waits
# Of a score: a text that has all words of the query scores at least WORDS, one that has none at most MEANING.
WORDS, MEANING = 0.55, 0.45
UNRELATED, ALIKE = 0.15, 0.65  # cosines of sentences that have nothing to do with each other, or say the same
LEAST_SCORE, LEAST_COSINE = 0.12, 0.28
LEAST_SHARE = 0.25  # of the best one's score
SHORTEST_BEGINNING = 3  # letters of a query's word that longer ones may begin with
OF_PARENT = 0.6  # how much a word counts that a frame lacks and its footage has
PHRASE = 0.05  # on top, for words in the order of the query
FRAME_SHARE = 0.6  # of its record's score that a frame needs to be shown with it
ALSO = 0.1  # how far what else of a record matches lifts it to the top
# Scripts that put no blanks between words.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")

log = structlog.get_logger(__name__)

Scores = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Hit:
    """A piece of footage, and the frame of it that matches best where one does; `score` is from 0 to 1."""

    footage_id: str
    title: str
    score: float
    frame_position: int | None
    at_seconds: float | None
    caption: str | None
    speech: str | None
    thumbnail_key: str | None


def search(owner_id: int | None, q: str, *, limit: int = 20) -> list[Hit]:
    """The best first; each piece of footage once. None as the owner searches everybody's.

    Where the embedder is elsewhere and does not answer, that is logged, and words alone are gone by.
    """
    q = text.drop_unprintable(q[:MAX_QUERY_CHARS])
    query = folded(q)
    if not query:
        return []
    embedder = embedding.load(current_settings(), total_seconds=PATIENCE_SECONDS)
    index = memory().index(embedder.name)
    db.session.rollback()
    if not index.texts:
        return []
    scores = _scores(index, query, _meaning(embedder, q))
    if owner_id is not None:
        scores[index.owners != owner_id] = 0.0
    return _hits(index, scores, limit)


def _meaning(embedder: Embedder, q: str) -> Vector:
    try:
        return np.asarray(embedder.embed([q])[0], dtype=np.float32)
    except (TransientError, Refused) as e:
        log.warning("search_by_words_alone", reason=e.message)
        return np.zeros(0, dtype=np.float32)


def _scores(index: Index, query: str, vector: Vector) -> Scores:
    """How well each text matches, from 0 to 1; `query` is folded, `vector` is its meaning."""
    words, cosines = _words(index, query), _cosines(index, vector)
    meaning = np.clip((cosines - UNRELATED) / (ALIKE - UNRELATED), 0.0, 1.0)
    scores: Scores = np.minimum(WORDS * words + MEANING * meaning, 1.0)
    scores[(words == 0) & (cosines < LEAST_COSINE)] = 0.0
    scores[scores < LEAST_SCORE] = 0.0
    return scores


def _cosines(index: Index, vector: Vector) -> Scores:
    cosines = np.zeros(len(index.texts))
    if index.vectors.shape[1] == len(vector):
        cosines[index.with_vector] = index.vectors @ vector
    return cosines


def _words(index: Index, query: str) -> Scores:
    """How much of the query each text has, rare words counting more; somewhat over 1 where it has it as a phrase."""
    shares, total = np.zeros(len(index.texts)), 0.0
    has_any = np.zeros(len(index.texts), dtype=bool)
    for term in _telling(query):
        held = _holders(index, term)
        has_any |= held > 0
        weight = math.log(1 + len(index.texts) / max(1, int(np.count_nonzero(held))))
        shares += weight * np.maximum(held, OF_PARENT * held[index.parents])
        total += weight
    shares = np.where(has_any, shares / total, 0.0)
    for number in _with_phrase(index, query, shares):
        shares[number] = 1.0 + PHRASE
    return shares


def _telling(query: str) -> list[str]:
    """The query's terms without those that say nothing, unless all of them are such."""
    telling = [word for word in query.split() if word not in STOP_WORDS]
    return list(dict.fromkeys(terms_of(" ".join(telling) or query)))


def _holders(index: Index, term: str) -> Scores:
    """1 for a text that has the term, less for one that has a longer word that begins with it."""
    held = np.zeros(len(index.texts))
    beginnings = index.terms_from(term) if len(term) >= SHORTEST_BEGINNING else []
    for longer in sorted(beginnings, key=len, reverse=True):
        held[index.with_term(longer)] = len(term) / len(longer)
    held[index.with_term(term)] = 1.0
    return held


def _with_phrase(index: Index, query: str, shares: Scores) -> Iterator[int]:
    if _UNSPACED.search(query):
        compact = query.replace(" ", "")
        yield from (number for number, one in enumerate(index.texts) if compact in one.words.replace(" ", ""))
    elif " " in query:
        candidates = np.flatnonzero(shares >= 1.0)
        yield from (int(number) for number in candidates if f" {query} " in f" {index.texts[number].words} ")


def _hits(index: Index, scores: Scores, limit: int) -> list[Hit]:
    """The best pieces of footage, by the better of their own score and that of their best frame."""
    frames = _best_frames(index, scores)
    of_frames = np.where(frames >= 0, scores[frames], 0.0)
    of_footage = np.where(index.is_frame, 0.0, scores)
    more, less = np.maximum(of_frames, of_footage), np.minimum(of_frames, of_footage)
    overall = more + ALSO * less * (1.0 - more)
    matching = np.flatnonzero(overall >= max(LEAST_SHARE * overall.max(), LEAST_SCORE))
    best_first = matching[np.argsort(-overall[matching], kind="stable")][:limit]
    is_frame_shown = (frames >= 0) & (of_frames >= FRAME_SHARE * more)
    shown = np.where(is_frame_shown[best_first], frames[best_first], best_first)
    return [
        _hit(index.texts[number], round(float(score), 4))
        for number, score in zip(shown, overall[best_first], strict=True)
    ]


def _best_frames(index: Index, scores: Scores) -> Numbers:
    """For each piece of footage the number of the frame of it that matches best, the earliest of equals; -1 for none
    and for frames."""
    best = np.full(len(index.texts), -1, dtype=np.intp)
    frames = np.flatnonzero(index.is_frame & (scores > 0))
    worst_first = frames[np.lexsort((-frames, scores[frames]))]
    best[index.parents[worst_first]] = worst_first  # of several the last one stays
    return best


def _hit(shown: Text, score: float) -> Hit:
    return Hit(
        footage_id=shown.footage_id,
        title=shown.title,
        score=score,
        frame_position=shown.position,
        at_seconds=shown.at_seconds,
        caption=shown.caption,
        speech=shown.speech,
        thumbnail_key=shown.thumbnail_key,
    )
