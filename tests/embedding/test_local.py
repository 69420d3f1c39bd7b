"""The model of this machine: vectors of length 1 that are close where the meaning is."""

import numpy as np
import pytest

from config import read_settings
from services import embedding

embedder = embedding.load(read_settings({}))


def test_it_gives_a_row_of_length_1_for_each_text() -> None:
    vectors = embedder.embed(["one", "two words", "", "日本語", "x" * 100_000])
    assert vectors.shape == (5, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(5), abs=1e-5)


def test_it_gives_no_rows_for_no_texts() -> None:
    assert embedder.embed([]).shape == (0, 384)


def test_it_puts_texts_of_one_meaning_together() -> None:
    dog, puppy, budget = embedder.embed(
        ["A dog runs on the beach.", "A puppy plays by the sea.", "The council votes on the budget."]
    )
    assert dog @ puppy > 0.5
    assert dog @ budget < 0.2


def test_a_text_has_the_same_vector_in_any_company() -> None:
    texts = ["short", "a longer text with several words in it", "another " * 300]
    alone = np.vstack([embedder.embed([text]) for text in texts])
    assert np.abs(embedder.embed([*texts, *texts])[:3] - alone).max() < 1e-4


def test_it_is_loaded_once() -> None:
    assert embedding.load(read_settings({})) is embedder
