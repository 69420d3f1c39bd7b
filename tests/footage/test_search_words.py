"""Words are compared as everywhere else, whichever way is taken to find them."""

from hypothesis import given
from hypothesis import strategies as st

from services.footage.search_index import folded, terms_of
from services.library import text


@given(st.text(st.characters(max_codepoint=255)))
def test_it_folds_as_all_searches_do(given_text: str) -> None:
    assert folded(given_text) == (text.words(given_text) if given_text else "")


def test_it_leaves_out_what_is_not_there() -> None:
    assert folded("One", None, "", "two!") == "one two"


def test_it_takes_one_and_many_for_the_same() -> None:
    assert list(terms_of("boats boat ferries ferry")) == ["boat", "boat", "ferry", "ferry"]
