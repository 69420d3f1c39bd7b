"""What each chart shows, and the same in words: for those who cannot see it, and for pages without a script."""

from dataclasses import dataclass
from typing import Any

from services.stats.histogram import percentiles
from services.stats.series import SHARES, Point, Series

DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS = 86_400, 3600, 60
SIGNIFICANT_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart: a key of the data, what people call it, and a tone of backbeat.css."""

    key: str
    label: str
    tone: str


@dataclass(frozen=True, slots=True)
class Chart:
    """`unit` is jobs or seconds."""

    name: str
    title: str
    unit: str
    lines: tuple[Line, Line]


CHARTS = (
    Chart(
        "throughput", "Throughput", "jobs", (Line("finished", "Finished", "good"), Line("created", "Came in", "still"))
    ),
    Chart("failures", "Failures", "jobs", (Line("failed", "Failed", "hot"), Line("canceled", "Canceled", "still"))),
    Chart("wait", "Wait", "seconds", (Line("wait_p50", "Median", "live"), Line("wait_p95", "95th percentile", "warm"))),
    Chart(
        "run", "Run time", "seconds", (Line("run_p50", "Median", "live"), Line("run_p95", "95th percentile", "warm"))
    ),
)


def point_values(point: Point) -> dict[str, float | None]:
    """A point's figures by the keys of the lines."""
    counts = {name: point.count(name) for name in ("created", "finished", "failed", "canceled")}
    wait, run = (point.percentiles(name) for name in ("wait_seconds", "run_seconds"))
    seconds = dict(zip(("wait_p50", "wait_p95", "run_p50", "run_p95"), (*wait, *run), strict=True))
    return {**counts, **{key: _rounded(value) for key, value in seconds.items()}}


def document(series: Series) -> dict[str, Any]:
    """The data of all charts: `at` holds the first second of each point, every other list a figure for each.

    A figure is null where the past is not known, or where no job ended that could have been measured.
    """
    values = [point_values(point) for point in series.points]
    return {
        "range": series.window.name,
        "step_seconds": series.window.step_seconds,
        "running_since": next((point.at for point in series.points if not point.is_over), None),
        "at": [point.at for point in series.points],
        **{line.key: [value[line.key] for value in values] for chart in CHARTS for line in chart.lines},
    }


def rows(series: Series) -> list[tuple[Point, dict[str, float | None]]]:
    """The points with their figures, newest first."""
    return [(point, point_values(point)) for point in reversed(series.points)]


def summary(chart: Chart, series: Series) -> str:
    """The chart in a sentence or two."""
    return {"throughput": _throughput, "failures": _failures, "wait": _wait, "run": _run}[chart.name](series)


def _throughput(series: Series) -> str:
    total, step = series.total, series.window.step_label
    most = max((point.count("finished") or 0 for point in series.points), default=0)
    peak = f" At most {most:,} finished in {_one(step)}." if most else ""
    return f"{_jobs(total.finished)} finished and {total.created:,} came in.{peak}"


def _failures(series: Series) -> str:
    total = series.total
    ended = total.finished + total.failed
    canceled = (
        f" {_jobs(total.canceled)} {'was' if total.canceled == 1 else 'were'} canceled." if total.canceled else ""
    )
    if not total.failed:
        return f"No job failed.{canceled}"
    return f"{_jobs(total.failed)} failed: {_share(total.failed, ended)} of those that ran to an end.{canceled}"


def _wait(series: Series) -> str:
    return _spread(series.total.wait_seconds, "started within {}", "Nothing was started.")


def _run(series: Series) -> str:
    return _spread(series.total.run_seconds, "ran for {} at most", "Nothing ran to an end.")


def _spread(histogram: Any, said: str, none: str) -> str:
    middle, high = percentiles(histogram, SHARES)
    if middle is None or high is None:
        return none
    return f"Half of the jobs {said.format(seconds_text(middle))}, 95 of 100 within {seconds_text(high)}."


def seconds_text(seconds: float | None) -> str:
    """A duration to about two digits: `350 ms`, `12 s`, `3.5 min`, `2.1 h`, `4.0 days`."""
    if seconds is None:
        return "–"
    for unit, name in ((DAY_SECONDS, "days"), (HOUR_SECONDS, "h"), (MINUTE_SECONDS, "min"), (1, "s")):
        if seconds >= unit:
            amount = seconds / unit
            return f"{amount:.1f} {name}" if amount < 10 else f"{amount:.0f} {name}"
    return f"{seconds * 1000:.0f} ms" if seconds else "0 s"


def count_text(count: float | None) -> str:
    return "–" if count is None else f"{count:,.0f}"


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else float(f"{seconds:.{SIGNIFICANT_DIGITS}g}")


def _jobs(count: int) -> str:
    return "1 job" if count == 1 else f"{count:,} jobs"


def _share(part: int, whole: int) -> str:
    percent = 100 * part / whole
    return f"{percent:.1f} %" if percent < 10 else f"{percent:.0f} %"


def _one(step_label: str) -> str:
    return "one minute" if step_label == "minute" else step_label
