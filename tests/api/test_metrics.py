"""The figures for Prometheus."""

from collections.abc import Callable

from prometheus_client.parser import text_string_to_metric_families

from tests.api.client import CheckedClient


def _figure(client: CheckedClient, wanted: str, **labels: str) -> float | None:
    """The value of one sample, as Prometheus' own parser reads it."""
    for family in text_string_to_metric_families(client.get("/metrics").text):
        for sample in family.samples:
            if (sample.name, sample.labels) == (wanted, labels):
                return float(sample.value)
    return None


def test_it_counts_jobs_by_type_and_status(client: CheckedClient, failed_job: str, analyze: Callable[..., str]) -> None:
    analyze()
    assert _figure(client, "backbeat_jobs", type="analyze_song", status="failed") == 1
    assert _figure(client, "backbeat_jobs", type="analyze_song", status="queued") == 1
    assert _figure(client, "backbeat_queue_jobs", queue="high", status="queued") == 1


def test_it_shows_what_is_now_at_each_scrape(client: CheckedClient, analyze: Callable[..., str]) -> None:
    assert _figure(client, "backbeat_jobs", type="analyze_song", status="queued") is None
    analyze()
    client.post("/api/queue/high/pause")
    assert _figure(client, "backbeat_jobs", type="analyze_song", status="queued") == 1
    assert _figure(client, "backbeat_queue_paused", queue="high") == 1
    assert _figure(client, "backbeat_queue_paused", queue="low") == 0


def test_it_tells_the_fleets_health(client: CheckedClient) -> None:
    words = {word: _figure(client, "backbeat_fleet_health", health=word) for word in ("healthy", "degraded", "down")}
    assert words == {"healthy": 0, "degraded": 0, "down": 1}


def test_it_has_the_type_that_prometheus_asks_for(client: CheckedClient) -> None:
    assert client.get("/metrics").content_type.startswith("text/plain; version=")
