"""From the counters that are kept to what Prometheus reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

from store.counters import Amounts, Series

# Upper bounds in seconds: a short job takes milliseconds, an import or a playlist may take an hour.
BUCKETS_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0)
_BOUNDS = (*(str(bound) for bound in BUCKETS_SECONDS), "+Inf")
_SUM = "sum"


def observation(name: str, labels: Series, seconds: float) -> dict[Series, float]:
    """What a duration adds to the counters of a histogram."""
    seconds = max(0.0, seconds)
    bound = next((str(bound) for bound in BUCKETS_SECONDS if seconds <= bound), "+Inf")
    return {(name, *labels, bound): 1.0, (name, *labels, _SUM): seconds}


@dataclass(frozen=True, slots=True)
class Recorded:
    """The counters as they were read."""

    amounts: Amounts

    def _named(self, name: str) -> dict[Series, float]:
        return {series[1:]: amount for series, amount in self.amounts.items() if series[0] == name}

    def counter(self, name: str, help_text: str, labels: Sequence[str], known: Iterable[Series]) -> CounterMetricFamily:
        """A counter; `known` combinations of labels are there from the start, so that the first event is a growth."""
        family = CounterMetricFamily(f"backbeat_{name}", help_text, labels=labels)
        amounts = dict.fromkeys(known, 0.0) | self._named(name)
        for values, amount in sorted(amounts.items()):
            family.add_metric(values, amount)
        return family

    def histogram(
        self, name: str, help_text: str, labels: Sequence[str], known: Iterable[Series]
    ) -> HistogramMetricFamily:
        """A histogram of what `observation` has added."""
        family = HistogramMetricFamily(f"backbeat_{name}", help_text, labels=labels)
        amounts = self._named(name)
        for values in sorted({series[:-1] for series in amounts} | set(known)):
            seen, buckets = 0.0, []
            for bound in _BOUNDS:
                seen += amounts.get((*values, bound), 0.0)
                buckets.append((bound, seen))
            family.add_metric(values, buckets, amounts.get((*values, _SUM), 0.0))
        return family
