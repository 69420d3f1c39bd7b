"""The ratings that a song may bear, as lists filter and count them."""

from collections.abc import Mapping

RATINGS_BY_WEIGHT = ("explicit", "mature", "teen", "everyone", "unknown")
UNRATED = "unrated"  # never analysed: the column is null
RATING_FILTERS = (*RATINGS_BY_WEIGHT, UNRATED)


def by_filter(counts: Mapping[str | None, int]) -> dict[str, int]:
    """Counts by the column's value, told for each of `RATING_FILTERS`."""
    return {rating: counts.get(None if rating == UNRATED else rating, 0) for rating in RATING_FILTERS}
