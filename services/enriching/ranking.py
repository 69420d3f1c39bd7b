"""How central each sentence is to all that is said: LexRank (Erkan and Radev, 2004), the kin of TextRank.

A sentence is a vector of its terms, weighted by tf-idf, and the graph's weights are cosines. The graph itself, with a
weight for each pair, is never built: the power iteration multiplies by the sentences' vectors and back, which costs
what their words number, so that hours of transcript take a moment.
"""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from services.enriching.sentences import Sentence

DAMPING = 0.85
ITERATIONS = 30

Vector = npt.NDArray[np.float64]


def centrality(sentences: Sequence[Sentence]) -> Vector:
    """From 0 to 1 for each sentence, 1 for the most central one; 0 where a sentence has no terms."""
    rows, columns, weights, term_count = _vectors(sentences)
    if not len(rows):
        return np.zeros(len(sentences))

    def similar_to(x: Vector) -> Vector:
        of_terms = np.bincount(columns, weights * x[rows], minlength=term_count)
        return np.bincount(rows, weights * of_terms[columns], minlength=len(sentences)).astype(np.float64)

    degrees = np.maximum(similar_to(np.ones(len(sentences))), 1e-12)
    rank = np.full(len(sentences), 1 / len(sentences))
    for _ in range(ITERATIONS):
        rank = (1 - DAMPING) / len(sentences) + DAMPING * similar_to(rank / degrees)
    spoken = np.bincount(rows, minlength=len(sentences)) > 0
    heard: Vector = np.where(spoken, rank, 0.0)
    highest = float(heard.max())
    shares: Vector = heard / highest
    return shares


def _vectors(
    sentences: Sequence[Sentence],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Vector, int]:
    """Rows (sentences), columns (terms) and weights of a sparse matrix whose rows have length 1."""
    holders = Counter(term for sentence in sentences for term in set(sentence.terms))
    numbers = {term: number for number, term in enumerate(sorted(holders))}
    rows: list[int] = []
    columns: list[int] = []
    weights: list[float] = []
    for row, sentence in enumerate(sentences):
        counts = sorted(Counter(sentence.terms).items())
        values = [count * math.log(1 + len(sentences) / holders[term]) for term, count in counts]
        length = math.sqrt(sum(value * value for value in values)) or 1.0
        rows.extend([row] * len(counts))
        columns.extend(numbers[term] for term, _ in counts)
        weights.extend(value / length for value in values)
    return np.array(rows, dtype=np.int64), np.array(columns, dtype=np.int64), np.array(weights), len(numbers)
