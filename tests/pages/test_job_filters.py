"""The list of jobs as its address asks for it."""

import pytest
from flask.testing import FlaskClient

from services.jobs import listing, search
from tests.pages.conftest import Open
from tests.pages.job_rows import add_job

NOW = 1_790_000_000.0


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("since=soon", "since"),
        ("limit=0", "limit"),
        ("limit=many", "limit"),
        ("sort=best", "sort"),
        ("cursor=x", "cursor"),
    ],
)
def test_it_names_the_field_that_is_wrong_and_keeps_the_form(open_page: Open, query: str, field: str) -> None:
    page = open_page(f"/admin/jobs?q=needle&worker=w-1&{query}", 422)
    assert page.all("div", role="alert", id="filter-error")
    assert f"{field} :" in page.text
    assert page.all("input", name="q", value="needle")
    assert page.all("input", name="worker", value="w-1")


def test_it_marks_the_wrong_field(open_page: Open) -> None:
    page = open_page("/admin/jobs?since=soon", 422)
    assert page.all("input", name="since", value="soon", aria_invalid="true", aria_describedby="filter-error")


def test_it_leaves_empty_fields_out_of_the_address(client: FlaskClient) -> None:
    answer = client.get("/admin/jobs?q=&status=failed&type=&since=&nonsense=")
    assert (answer.status_code, answer.location) == (303, "/admin/jobs?status=failed")


def test_it_links_the_list_without_each_part_of_the_filter(open_page: Open) -> None:
    page = open_page("/admin/jobs?status=failed&error=boom&sort=ended")
    chips = [link["href"] for link in page.all("a") if link.get("aria-label", "").startswith("Without the filter")]
    assert chips == ["/admin/jobs?error=boom&sort=ended", "/admin/jobs?status=failed&sort=ended"]


def test_it_shows_a_time_in_a_field_for_times_and_an_age_in_one_for_words(open_page: Open) -> None:
    page = open_page("/admin/jobs?since=24h&until=2026-11-22T14:30Z")
    assert page.all("input", name="since", type="text", value="24h")
    assert page.all("input", name="until", type="datetime-local", value="2026-11-22T14:30")


def test_it_opens_the_rarer_fields_where_one_is_wrong_and_else_counts_them(open_page: Open) -> None:
    assert open_page("/admin/jobs?worker=w-1&since=soon", 422).all("details", class_="more-filters", open="")
    page = open_page("/admin/jobs?worker=w-1&error=boom&status=failed")
    assert not page.all("details", class_="more-filters", open="")
    assert "(2 set)" in page.text


def test_it_offers_ready_filters_and_marks_the_one_in_use(open_page: Open) -> None:
    for link in open_page("/admin/jobs").all("a", class_="chip"):
        page = open_page(link["href"])
        assert [chip["href"] for chip in page.all("a", class_="chip", aria_current="true")] == [link["href"]]


def test_it_says_how_many_there_are(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(3):
        add_job(at=NOW + n)
    assert "3 jobs" in open_page("/admin/jobs?limit=2").text
    assert "3 jobs" in open_page("/admin/jobs?q=song").text
    monkeypatch.setattr(listing, "_count", lambda *_: 10_001)
    assert "more than 10,000 jobs" in open_page("/admin/jobs").text


def test_it_says_how_far_a_search_came_and_goes_on_from_there(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    add_job(at=NOW, title="Needle")
    for n in range(1, 8):
        add_job(at=NOW + n, title="Hay")
    monkeypatch.setattr(search, "WINDOW", 5)
    page = open_page("/admin/jobs?q=needle")
    assert "nothing there" in page.text
    assert "No job matches" not in page.text
    (further,) = page.all("a", data_search_on="")
    assert "Needle" in open_page(further["href"]).text


def test_it_says_which_jobs_are_parts_of_larger_ones(open_page: Open) -> None:
    parent = add_job("finished", at=NOW, children_total=1)
    child = add_job("failed", at=NOW + 1, parent_id=parent, position=0, error="It broke.")
    page = open_page("/admin/jobs?error=broke")
    assert page.all("tr", id=f"job-{child}")
    assert page.all("a", href=f"/admin/jobs/{parent}")


def test_it_lets_rows_be_ticked_for_the_bulk_form(open_page: Open) -> None:
    job_id = add_job(title="Tick <me>")
    page = open_page("/admin/jobs")
    (box,) = page.all("input", type="checkbox", name="job_id", value=job_id, form="bulk")
    assert box["aria-label"] == "Select Tick <me>"
    assert page.all("form", id="bulk")


def test_it_says_what_an_order_leaves_out(open_page: Open) -> None:
    add_job("finished")
    assert "Nothing waits in line" in open_page("/admin/jobs?sort=waiting").text
