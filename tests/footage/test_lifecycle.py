"""docs/lifecycle.md says what the code does."""

from scripts import lifecycle


def test_the_page_is_as_the_code_has_it() -> None:
    said = lifecycle.TARGET.read_text(encoding="utf-8")
    assert said == lifecycle.page(), "run `python -m scripts.lifecycle`"
