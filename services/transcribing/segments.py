"""What was said, between the dataclasses of the engines and the JSON of the rows."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from services.transcribing.results import Segment, Word


def to_json(segments: Iterable[Segment]) -> list[dict[str, Any]]:
    return [asdict(segment) for segment in segments]


def from_json(rows: Iterable[Mapping[str, Any]]) -> list[Segment]:
    return [_segment(row) for row in rows]


def _segment(row: Mapping[str, Any]) -> Segment:
    words = tuple(Word(**word) for word in row["words"])
    return Segment(row["start"], row["end"], row["text"], words, row.get("speaker"))
