"""Every address that is read, from the app's own map, with each row of `tests.naughty.rows` where one is asked for."""

from collections.abc import Iterator, Mapping

from flask import Flask
from werkzeug.routing import Rule

from services.schedules.table import SCHEDULES
from tests.naughty.rows import footage_id, group_id, job_id, render_id, run_id

UNSHOWN = frozenset({"static", "bootstrap.static"})


def addresses(app: Flask, numbers: range) -> Iterator[str]:
    """Without a server's name. Where an address asks for a row, one for each number."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint not in UNSHOWN:
            yield from dict.fromkeys(_filled(rule, n) for n in (numbers if rule.arguments else [1]))


def _filled(rule: Rule, n: int) -> str:
    values = _values(n)
    unknown = rule.arguments - values.keys()
    assert not unknown, f"Say in tests/naughty/addresses.py what {unknown} of {rule.rule} may be."
    built = rule.build({name: values[name] for name in rule.arguments})
    assert built is not None
    return built[1]


def _values(n: int) -> Mapping[str, object]:
    return {
        "song_id": n,
        "playlist_id": n,
        "job_id": job_id(n),
        "group_id": group_id(n),
        "name": list(SCHEDULES)[n % len(SCHEDULES)],
        "form": ("csv", "json")[n % 2],
        "token": "x",
        **dict.fromkeys(("clip_id", "rendition_id", "webhook_id", "delivery_id"), n),
        "episode_id": f"episode-{n}",
        "render_id": render_id(n),
        "run_id": run_id(n),
        "video_id": f"video-{n}",
        "footage_id": footage_id(n),
    }
