"""The figures for Prometheus."""

from collections.abc import Callable

import pytest
from prometheus_client.parser import text_string_to_metric_families

from services import metrics
from tests.api.client import CheckedClient


def _figure(client: CheckedClient, wanted: str, **labels: str) -> float | None:
    """The value of one sample, as Prometheus' own parser reads it."""
    for family in text_string_to_metric_families(client.get("/metrics").text):
        for sample in family.samples:
            if (sample.name, sample.labels) == (wanted, labels):
                return float(sample.value)
    return None


def test_it_counts_jobs_by_queue_and_status(
    client: CheckedClient, failed_job: str, analyze: Callable[..., str]
) -> None:
    analyze()
    assert _figure(client, "backbeat_queue_jobs", queue="high", status="failed") == 1
    assert _figure(client, "backbeat_queue_jobs", queue="high", status="queued") == 1


def test_it_shows_what_is_now_at_each_scrape(client: CheckedClient, analyze: Callable[..., str]) -> None:
    assert _figure(client, "backbeat_queue_jobs", queue="high", status="queued") == 0
    analyze()
    client.post("/api/queue/high/pause")
    assert _figure(client, "backbeat_queue_jobs", queue="high", status="queued") == 1
    assert _figure(client, "backbeat_queue_paused", queue="high") == 1
    assert _figure(client, "backbeat_queue_paused", queue="low") == 0


def test_it_counts_what_became_of_jobs(client: CheckedClient, failed_job: str) -> None:
    metrics.count_moves(settle_seconds=0)  # begins to count
    assert _figure(client, "backbeat_jobs_ended_total", queue="high", type="analyze_song", status="failed") == 0
    client.post(f"/api/jobs/{failed_job}/cancel")
    client.post(f"/api/jobs/{failed_job}/retry")
    client.post(f"/api/jobs/{failed_job}/cancel")
    metrics.count_moves(settle_seconds=0)
    assert _figure(client, "backbeat_jobs_ended_total", queue="high", type="analyze_song", status="canceled") == 1


def test_it_counts_polls(client: CheckedClient, analyze: Callable[..., str]) -> None:
    job_id = analyze()
    etag = client.get(f"/api/progress/{job_id}").headers["ETag"]
    client.get(f"/api/progress/{job_id}", headers={"If-None-Match": etag})
    client.get("/api/progress/01ARZ3NDEKTSV4RRFFQ69G5FAV")
    client.get(f"/api/progress?ids={job_id}")
    for asked_for, outcome in (("one", "news"), ("one", "unchanged"), ("one", "missing"), ("many", "news")):
        assert _figure(client, "backbeat_polls_total", asked_for=asked_for, outcome=outcome) == 1
    assert _figure(client, "backbeat_polls_total", asked_for="many", outcome="unchanged") == 0


@pytest.mark.parametrize("settings_overrides", [{"redis_url": "redis://127.0.0.1:9"}])
def test_it_leaves_a_gap_and_no_zeros_where_redis_is_away(client: CheckedClient) -> None:
    assert _figure(client, "backbeat_redis_up") == 0
    assert _figure(client, "backbeat_polls_total", asked_for="one", outcome="news") is None
    assert _figure(client, "backbeat_queue_jobs", queue="high", status="queued") == 0


def test_it_tells_the_fleets_health(client: CheckedClient) -> None:
    words = {word: _figure(client, "backbeat_fleet_health", health=word) for word in ("healthy", "degraded", "down")}
    assert words == {"healthy": 0, "degraded": 0, "down": 1}


def test_it_has_the_type_that_prometheus_asks_for(client: CheckedClient) -> None:
    assert client.get("/metrics").content_type.startswith("text/plain; version=")
