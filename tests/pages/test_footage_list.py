from services.footage import states
from tests.pages import footage_rows
from tests.pages.conftest import Open

LIST = "/library/footage/all"


def test_it_lists_what_stands_at_a_status(open_page: Open) -> None:
    footage_rows.footage()
    footage_rows.footage("AF0002", status=states.COMPLETE)
    page = open_page(f"{LIST}?status=7+-+Complete")
    assert page.all("tr", id="row-AF0002")
    assert not page.all("tr", id="row-AF0001")


def test_it_finds_by_title_and_number(open_page: Open) -> None:
    footage_rows.footage()
    footage_rows.footage("AF0002", title="Goats on a hill")
    assert open_page(f"{LIST}?q=goats").all("tr", id="row-AF0002")
    assert not open_page(f"{LIST}?q=AF0001").all("tr", id="row-AF0002")
    assert "No footage is like that" in open_page(f"{LIST}?q=cats").text


def test_it_refuses_a_status_that_there_is_not(open_page: Open) -> None:
    assert "There is no status" in open_page(f"{LIST}?status=9", 422).text


def test_it_turns_pages(open_page: Open) -> None:
    for number in range(1, 52):
        footage_rows.footage(f"AF{number:04d}", created_at=float(number))
    first = open_page(LIST)
    assert len(first.all("a", class_="song-title")) == 50
    (link,) = first.all("a", rel="next")
    assert open_page(link["href"]).all("tr", id="row-AF0001")
