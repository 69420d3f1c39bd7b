"""The failures' page: each kind of error once, with what stands failed, its trend, and what can be done."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

import clock
from blueprints.console.sparkline import HEIGHT, sparkline
from extensions import db, transaction
from models import AuditEntry, ErrorGroup, ErrorStat, Job
from services.jobs import states
from services.stats.error_groups import count_failures
from tests.pages.conftest import Open
from tests.pages.markup import Markup
from tests.past import past_job, statements

BROKEN, AWAY = "a" * 16, "b" * 16


def fail(group: str, error: str, *, hours_ago: float = 0.1, type: str = "analyze_song") -> str:
    created_at = clock.now() - hours_ago * 3600
    return past_job(
        states.FAILED,
        created_at=created_at,
        waited=0,
        ran=0,
        type=type,
        error_group=group,
        error_code="bad",
        error=error,
    )


@pytest.fixture
def failed(client: FlaskClient) -> None:
    """Three failures of one kind, and one that came last of another."""
    for hours_ago in (30, 5, 1):
        fail(BROKEN, "The file 1 is broken.", hours_ago=hours_ago)
    fail(AWAY, "LRCLIB is away.", type="import_media")
    count_failures()


def rows(page: Markup) -> list[str]:
    return [attributes["id"] for tag, attributes in page.tags if tag == "tr" and "id" in attributes]


def test_it_lists_each_kind_of_error_once_the_last_seen_first(open_page: Open, failed: None) -> None:
    page = open_page("/admin/failures")
    assert rows(page) == [f"failure-{AWAY}", f"failure-{BROKEN}"]
    assert "LRCLIB is away. Import files · bad 1 failed now 1 in all" in page.text
    assert "The file 1 is broken. Analyze a song · bad 3 failed now 3 in all" in page.text


def test_it_tells_how_many_stand_failed_of_all_there_were(open_page: Open, failed: None) -> None:
    with transaction() as session:
        for job in session.scalars(select(Job).where(Job.error_group == BROKEN).limit(2)):
            job.error_group, job.status = None, states.QUEUED  # retried
    assert "1 failed now 3 in all" in open_page("/admin/failures").text


def test_it_draws_a_trend_and_says_it_in_words(open_page: Open, failed: None) -> None:
    day, week = (open_page(f"/admin/failures?trend={name}") for name in ("day", "week"))
    assert day.all("svg", aria_label="2 in the last 24 hours")
    assert week.all("svg", aria_label="3 in the last 7 days")


def test_it_leads_to_the_jobs_and_to_a_retry_of_all_of_them(open_page: Open, failed: None) -> None:
    page = open_page("/admin/failures?q=broken")
    assert page.all("a", href=f"/admin/jobs?error_group={BROKEN}")
    fields = {field["name"]: field["value"] for field in page.all("input", type="hidden")}
    assert fields == {"action": "retry", "scope": "matching", "status": "failed", "error_group": BROKEN}


def test_it_asks_before_it_retries_all_of_them(client: FlaskClient, open_page: Open, failed: None) -> None:
    page = open_page("/admin/failures?q=broken")
    fields = {field["name"]: field["value"] for field in page.all("input", type="hidden")}
    (form,) = [form for form in page.all("form") if form["action"].startswith("/admin/actions")]
    answer = client.post(form["action"], data=fields)
    assert answer.status_code == 200
    assert "This will retry 3 jobs" in Markup(answer.text).text


def test_it_offers_no_retry_where_nothing_stands_failed(open_page: Open, failed: None) -> None:
    with transaction() as session:
        for job in session.scalars(select(Job)):
            job.error_group, job.status = None, states.FINISHED
    page = open_page("/admin/failures")
    assert "none now" in page.text
    assert not page.all("input", name="action")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("?sort=count", [BROKEN, AWAY]),
        ("?sort=first_seen", [AWAY, BROKEN]),
        ("?type=import_media", [AWAY]),
        ("?q=BROKEN", [BROKEN]),
        ("?q=%25", []),
        ("?page=2", []),
    ],
)
def test_it_sorts_and_filters(open_page: Open, failed: None, address: str, shown: list[str]) -> None:
    assert rows(open_page(f"/admin/failures{address}")) == [f"failure-{group}" for group in shown]


def test_it_puts_a_muted_group_aside_and_brings_it_back(client: FlaskClient, open_page: Open, failed: None) -> None:
    answer = client.post(f"/admin/failures/{AWAY}/mute?sort=count")
    assert answer.location == "/admin/failures?sort=count"
    page = open_page("/admin/failures")
    assert rows(page) == [f"failure-{BROKEN}", f"failure-{AWAY}"]
    assert page.all("details", id="muted-failures")
    client.post(f"/admin/failures/{AWAY}/unmute")
    assert not open_page("/admin/failures").all("details", id="muted-failures")


def test_it_goes_on_counting_a_muted_group(client: FlaskClient, failed: None) -> None:
    client.post(f"/admin/failures/{AWAY}/mute")
    fail(AWAY, "LRCLIB is away.", hours_ago=0)
    count_failures(clock.now() + 60)
    group = db.session.get_one(ErrorGroup, AWAY, populate_existing=True)
    assert group.count == 2
    assert group.muted_at is not None


def test_it_writes_down_who_muted_what_and_only_what_changed(client: FlaskClient, failed: None) -> None:
    for act in ("mute", "mute", "unmute", "unmute"):
        client.post(f"/admin/failures/{AWAY}/{act}")
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.action, entry.target_type, entry.target_id) for entry in entries] == [
        ("mute", "error_group", AWAY),
        ("unmute", "error_group", AWAY),
    ]
    assert entries[0].details == {"error": "LRCLIB is away."}


def test_it_knows_which_groups_there_are(client: FlaskClient, failed: None) -> None:
    assert client.post(f"/admin/failures/{'0' * 16}/mute").status_code == 404
    assert client.post("/admin/failures/short/mute").status_code == 404


@pytest.mark.parametrize("address", ["?sort=color", "?trend=year", "?page=0", "?page=x", "?page=99999"])
def test_it_refuses_what_there_is_not(client: FlaskClient, address: str) -> None:
    assert client.get(f"/admin/failures{address}").status_code == 422


def test_it_says_what_to_expect_where_nothing_has_failed(open_page: Open) -> None:
    assert "Nothing has failed" in open_page("/admin/failures").text
    page = open_page("/admin/failures?q=anything")
    assert "No failure matches" in page.text
    assert page.all("a", href="/admin/failures")


def test_it_pages_through_many_groups(open_page: Open) -> None:
    facts = {"type": "analyze_song", "error_code": "bad", "sample": "s", "sample_job_id": "j", "count": 1}
    with transaction() as session:
        for n in range(60):
            session.add(ErrorGroup(id=f"{n:016x}", first_seen_at=n, last_seen_at=n, **facts))
    first, second = open_page("/admin/failures?q=s"), open_page("/admin/failures?q=s&page=2")
    assert len(rows(first)) == 50
    assert rows(second) == [f"failure-{n:016x}" for n in range(9, -1, -1)]
    assert first.all("a", rel="next", href="/admin/failures?q=s&page=2")
    assert second.all("a", rel="prev")


def test_it_asks_the_database_no_more_for_more_failures(client: FlaskClient, failed: None) -> None:
    def sent() -> int:
        with statements() as made:
            client.get("/admin/failures")
        return len(made)

    few = sent()
    for n in range(20):
        fail(f"{n:016x}", "Another one.")
    count_failures()
    assert sent() <= few


@pytest.mark.backend("sqlite")  # whose plan this is
def test_it_asks_for_what_stands_failed_by_the_index_of_failures_alone(client: FlaskClient, failed: None) -> None:
    with statements() as made:
        client.get("/admin/failures")
    standing = next(sql for sql in made if "job.error_group" in sql and "GROUP BY" in sql)
    plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {standing}", ("x",) * standing.count("?")).all()
    assert "USING COVERING INDEX ix_job_error_group" in str(plan)


def test_it_shows_what_went_wrong_inside_by_its_last_line(open_page: Open) -> None:
    past_job(
        states.FAILED,
        created_at=clock.now() - 60,
        error_group=BROKEN,
        error_code="internal_error",
        error="Something went wrong inside Backbeat.",
        error_detail="Traceback (most recent call last):\n  File x\nValueError: seven\n",
    )
    count_failures()
    assert "ValueError: seven" in open_page("/admin/failures").text


def test_it_drops_the_trend_of_no_group_into_anothers(open_page: Open, failed: None) -> None:
    with transaction() as session:
        session.add(ErrorStat(group_id="c" * 16, bucket_at=int(clock.now()) // 3600 * 3600, count=70))
    assert open_page("/admin/failures").all("svg", aria_label="1 in the last 24 hours")


@pytest.mark.parametrize(
    ("counts", "heights"),
    [([], []), ([0, 0], []), ([1, 0, 2], [HEIGHT // 2, HEIGHT]), ([1, 5000], [2, HEIGHT])],
)
def test_it_draws_a_bar_for_each_count_that_is_not_zero(counts: list[int], heights: list[int]) -> None:
    line = sparkline(counts, "day")
    assert [bar.height for bar in line.bars] == heights
    assert all(bar.y + bar.height == HEIGHT for bar in line.bars)
    assert [bar.is_running for bar in line.bars] == [False] * (len(heights) - 1) + [True] * bool(heights)
    assert line.path(is_running=True).count("z") == bool(heights)
