from flask.testing import FlaskClient

from blueprints.marking import marked
from services.footage import states
from tests.pages import footage_rows
from tests.pages.conftest import Open

SEARCH = "/library/footage/search"


def test_it_shows_the_moment_that_fits_and_marks_the_words(client: FlaskClient) -> None:
    footage_rows.footage(status=states.COMPLETE)
    for position, speech in enumerate(("Nothing much.", "The lighthouse was rebuilt."), 1):
        made = {"status": states.FRAME_COMPLETE, "embedding": b"\0" * 4, "embedder": "test"}
        footage_rows.frame("AF0001", position, speech=speech, **made)
    html = client.get(f"{SEARCH}?q=lighthouse").text
    assert 'href="/library/footage/AF0001?t=15.00#player"' in html
    assert "/media/footage/AF0001/frames/0002.jpg" in html
    assert "The <mark>lighthouse</mark> was rebuilt." in html


def test_it_says_what_to_do_where_nothing_is_found(open_page: Open) -> None:
    page = open_page(f"{SEARCH}?q=lighthouse")
    assert "Nothing is like that" in page.text
    assert "titles, file names" in page.text
    assert page.all("a", href="/library/footage/all?q=lighthouse")


def test_it_asks_for_words_first(open_page: Open) -> None:
    page = open_page(SEARCH)
    assert page.all("input", name="q")
    assert "Nothing is like that" not in page.text


def test_a_long_text_is_cut_to_where_the_word_is() -> None:
    parts = marked("word " * 100 + "lighthouse" + " word" * 100, "Lighthouse")
    assert "lighthouse" in [part.text for part in parts if part.is_found]
    assert sum(len(part.text) for part in parts) < 250
    assert (parts[0].text[:1], parts[-1].text[-1:]) == ("…", "…")


def test_a_word_is_marked_where_one_begins_with_it() -> None:
    found = [part.text for part in marked("Boats (c++) and a rowboat", "boat c++") if part.is_found]
    assert found == ["Boat", "c++"]
