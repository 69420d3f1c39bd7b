"""The charts' page: the past in words and as tables, and the figures for the script that draws."""

import pytest
from flask.testing import FlaskClient

import clock
from blueprints.console.chart_table import CHARTS, seconds_text
from services.jobs import states
from services.stats import rollup
from services.stats.rollup import roll_up
from tests.pages.conftest import Open
from tests.past import past_job, statements


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine must not leave part of the counting to the next round."""
    monkeypatch.setattr(rollup, "MAX_SECONDS", 60.0)


@pytest.fixture
def past(client: FlaskClient) -> float:
    """Twenty jobs of the last half hour, counted; the instant that they are seen from."""
    now = clock.now()
    past_job(created_at=now - 1900)
    for minute in range(2, 20):
        past_job(created_at=now - minute * 60, waited=2, ran=5)
    past_job(states.FAILED, created_at=now - 700, waited=2, ran=5, queue="low")
    roll_up()
    return now


def test_it_tells_each_chart_in_a_sentence(open_page: Open, past: float) -> None:
    text = open_page("/admin/charts?range=hour").text
    assert "19 jobs finished and 20 came in." in text
    assert "1 job failed: 5.0 % of those that ran to an end." in text
    assert "Half of the jobs started within 2.0 s, 95 of 100 within 2.0 s." in text
    assert "Half of the jobs ran for " in text


def test_it_has_each_figure_in_a_table_with_the_running_stretch_marked(open_page: Open, past: float) -> None:
    page = open_page("/admin/charts?range=hour")
    assert len(page.all("table")) == len(CHARTS)
    assert len(page.all("tr")) == len(CHARTS) * (1 + 60)
    assert page.text.count("so far") == len(CHARTS)


def test_it_gives_the_script_the_same_figures(client: FlaskClient, past: float) -> None:
    data = client.get("/admin/charts/data?range=hour").get_json()
    assert (data["range"], data["step_seconds"], len(data["at"])) == ("hour", 60, 60)
    assert data["at"][0] + 59 * 60 == data["at"][-1] == data["running_since"]
    assert sum(filter(None, data["finished"])) == 19
    assert sum(filter(None, data["failed"])) == 1
    assert data["finished"][0] is None  # nobody knows: the history begins later
    assert data["finished"][-25] == 0
    assert data["wait_p50"][-25] is None
    assert all(len(data[line.key]) == 60 for chart in CHARTS for line in chart.lines)


@pytest.mark.parametrize("window", ["hour", "day", "month"])
def test_it_answers_in_few_bytes(client: FlaskClient, past: float, window: str) -> None:
    assert len(client.get(f"/admin/charts/data?range={window}").data) < 8000


def test_it_sends_a_refresh_without_the_tables_figures(client: FlaskClient, past: float) -> None:
    fresh = client.get("/admin/charts", headers={"X-Refresh": "1"}).text
    assert "19 jobs finished" in fresh
    assert "data-clock" not in fresh


def test_it_keeps_the_filter_in_the_address(open_page: Open, client: FlaskClient, past: float) -> None:
    page = open_page("/admin/charts?range=hour&queue=low&type=analyze_song")
    assert "No job failed" not in page.text
    assert page.all("div", data_charts="/admin/charts/data?range=hour&queue=low&type=analyze_song")
    assert page.all("a", href="/admin/charts?range=month&queue=low&type=analyze_song")
    data = client.get("/admin/charts/data?range=hour&queue=low").get_json()
    assert sum(filter(None, data["finished"])) == 0


def test_it_says_what_to_do_where_there_is_nothing(open_page: Open, past: float) -> None:
    page = open_page("/admin/charts?queue=system")
    assert "Nothing happened in this time" in page.text
    assert page.all("a", href="/admin/charts?range=day")


def test_it_names_a_window_that_there_is_not(client: FlaskClient) -> None:
    answer = client.get("/admin/charts/data?range=year", headers={"Accept": "application/json"})
    assert answer.status_code == 422
    assert "hour, day, month" in answer.text


def test_it_asks_the_database_no_more_for_more_jobs(client: FlaskClient, past: float) -> None:
    def sent() -> int:
        with statements() as made:
            client.get("/admin/charts/data?range=day")
        return len(made)

    few = sent()
    for second in range(30):
        past_job(created_at=past - 300 + second, ran=1)
    assert sent() <= few + 2  # a minute more may have begun


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "–"),
        (0.0, "0 s"),
        (0.0004, "0 ms"),
        (0.0351, "35 ms"),
        (1.0, "1.0 s"),
        (12.4, "12 s"),
        (90.0, "1.5 min"),
        (7560.0, "2.1 h"),
        (345_600.0, "4.0 days"),
    ],
)
def test_it_tells_durations_in_words(seconds: float | None, words: str) -> None:
    assert seconds_text(seconds) == words
