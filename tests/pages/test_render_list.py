from services.renders import states
from tests.pages import render_rows
from tests.pages.conftest import Open

LIST = "/admin/renders/all"


def test_it_narrows_by_what_is_known_of_a_render(open_page: Open) -> None:
    failed = render_rows.render(status=states.FAILED, found_by="poll", operation="add_music")
    waits = render_rows.render()
    for narrowed in ("status=failed", "found_by=poll", "operation=add_music", f"q={failed[:24]}"):
        page = open_page(f"{LIST}?{narrowed}")
        assert page.all("tr", id=f"render-{failed}"), narrowed
        assert not page.all("tr", id=f"render-{waits}"), narrowed
    assert not open_page(f"{LIST}?found_by=nobody").all("tr", id=f"render-{failed}")


def test_it_finds_by_target_and_by_the_renderers_name(open_page: Open) -> None:
    render_id = render_rows.render(target_id="intro", external_job_id="their-job")
    render_rows.render()
    for q in ("intro", "their-job"):
        assert [row["id"] for row in open_page(f"{LIST}?q={q}").all("tr") if "id" in row] == [f"render-{render_id}"]


def test_it_narrows_to_one_owner(open_page: Open) -> None:
    render_id = render_rows.render()
    assert open_page(f"{LIST}?owner=1").all("tr", id=f"render-{render_id}")
    assert "No render matches" in open_page(f"{LIST}?owner=2").text


def test_what_there_is_not_is_refused_by_name(open_page: Open) -> None:
    for narrowed in ("status=9", "found_by=x", "operation=x", "owner=x"):
        assert "it is" in open_page(f"{LIST}?{narrowed}", 422).text


def test_it_turns_pages(open_page: Open) -> None:
    ids = [render_rows.render() for _ in range(51)]
    first = open_page(LIST)
    assert len(first.all("a", class_="song-title")) == 50
    (link,) = first.all("a", rel="next")
    assert open_page(link["href"]).all("tr", id=f"render-{ids[0]}")


def test_an_empty_field_of_the_form_leaves_the_address(open_page: Open) -> None:
    assert open_page(f"{LIST}?q=&status=failed", 303)
