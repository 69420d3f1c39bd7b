from pathlib import Path

import pytest
from flask import Flask, render_template_string

from blueprints import labels
from services import fleet
from services.analyser.results import CATEGORIES
from services.jobs import states
from services.library.import_reports import OUTCOMES
from services.library.ratings import RATING_FILTERS

ROOT = Path(__file__).resolve().parents[2]
TABLES = (labels.RATING, labels.STATUS, labels.HEALTH, labels.OUTCOME, labels.SEVERITY, labels.CATEGORY)


def test_it_has_a_label_for_every_state() -> None:
    assert set(labels.RATING) == set(RATING_FILTERS)
    assert set(labels.STATUS) == set(states.ALL)
    assert set(labels.HEALTH) == {fleet.HEALTHY, fleet.DEGRADED, fleet.DOWN}
    assert set(labels.OUTCOME) == set(OUTCOMES)
    assert set(labels.CATEGORY) == set(CATEGORIES)


@pytest.mark.parametrize("call", ["status_label('asleep')", "rating_label('rude')", "health_label('fine')"])
def test_it_fails_on_a_state_that_it_does_not_know(app: Flask, call: str) -> None:
    with app.test_request_context(), pytest.raises(KeyError):
        render_template_string("{{ " + call + " }}")


def test_it_names_a_category_that_another_analyser_brings() -> None:
    assert labels.category("bad_taste").text == "Bad taste"


@pytest.mark.parametrize("table", TABLES)
def test_it_uses_icons_and_tones_that_there_are(table: dict[object, labels.Label]) -> None:
    icons = (ROOT / "static/img/icons.svg").read_text()
    styles = (ROOT / "static/css/backbeat.css").read_text()
    for label in table.values():
        assert f'id="{label.icon}"' in icons
        assert f".tone-{label.tone} {{" in styles


def test_it_writes_durations_as_players_do() -> None:
    assert [labels.duration(seconds) for seconds in (None, 7, 187.4, 3723)] == ["", "0:07", "3:07", "1:02:03"]
