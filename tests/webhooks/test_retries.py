"""When a message is tried again: a table, and its sums."""

import pytest

from services.webhooks.backoff import (
    DAY,
    GAPS_SECONDS,
    JITTER,
    MAX_TRIES,
    WITHIN_SECONDS,
    Decision,
    GiveUp,
    Later,
    SwitchOff,
    after_failure,
    is_success,
    retry_after,
)

H = 3600.0
LATEST, EARLIEST = 0.0, 1.0  # what chance may say


def _after(tries: int = 1, code: int | None = 500, *, wait: float | None = None, age: float = 0.0, failing: float = 0.0,
           others: bool = False, chance: float = LATEST) -> Decision:  # fmt: skip
    return after_failure(
        tries=tries,
        code=code,
        retry_after_seconds=wait,
        age_seconds=age,
        failing_seconds=failing,
        others_failed=others,
        chance=lambda: chance,
    )


@pytest.mark.parametrize(
    ("tries", "seconds"),
    [(1, 5), (2, 300), (3, 1800), (4, 2 * H), (5, 5 * H), (6, 10 * H), (7, 14 * H), (8, 20 * H), (9, 20 * H)],
)
def test_it_waits_longer_each_time(tries: int, seconds: float) -> None:
    assert _after(tries) == Later(seconds)


@pytest.mark.parametrize("tries", range(1, MAX_TRIES))
def test_it_spreads_its_tries(tries: int) -> None:
    decision = _after(tries, chance=EARLIEST)
    assert isinstance(decision, Later)
    assert decision.delay_seconds == pytest.approx(GAPS_SECONDS[tries - 1] * (1 - JITTER))


def test_it_gives_up_after_ten_tries() -> None:
    assert MAX_TRIES == 10
    assert _after(MAX_TRIES) == GiveUp()


def test_it_gives_up_within_three_days_and_not_much_sooner() -> None:
    tries_and_rounds = MAX_TRIES * (15 + 2)
    assert sum(GAPS_SECONDS) + tries_and_rounds < WITHIN_SECONDS == 3 * DAY
    assert sum(GAPS_SECONDS) * (1 - JITTER) > 2.5 * DAY


@pytest.mark.parametrize(
    ("given", "decision"),
    [
        ({"wait": 2.0}, Later(5.0, 2.0)),  # shorter than the gap
        ({"wait": 40.0}, Later(40.0, 40.0)),
        ({"wait": 10 * DAY}, Later(DAY, DAY)),  # capped
        ({"wait": DAY, "age": 2.5 * DAY}, Later(DAY / 2, DAY)),  # not beyond the three days
        ({"wait": DAY, "age": 3 * DAY}, GiveUp()),
        ({"code": 429, "age": 3 * DAY - 1}, Later(60.0, 60.0)),  # never hurried, though its time is nearly over
        ({"code": 503, "wait": 40.0}, Later(40.0, 40.0)),
        ({"code": 429}, Later(60.0, 60.0)),
        ({"code": 502}, Later(60.0, 60.0)),
        ({"code": 504}, Later(60.0, 60.0)),
        ({"code": 429, "wait": 7.0}, Later(60.0, 60.0)),
        ({"code": 429, "tries": 4}, Later(2 * H, 60.0)),
        ({"code": None}, Later(5.0)),
        ({"code": 301}, Later(5.0)),
        ({"code": 410}, SwitchOff("It answered 410 Gone, which asks for no more messages.")),
        ({"failing": 5 * DAY - 1, "others": True}, Later(5.0)),
        ({"failing": 5 * DAY}, Later(5.0)),  # one blip after weeks
        ({"failing": 5 * DAY, "age": 3 * DAY}, SwitchOff("Every message to it has failed for five days.")),
        ({"failing": 5 * DAY, "others": True}, SwitchOff("Every message to it has failed for five days.")),
        ({"failing": 5 * DAY, "tries": MAX_TRIES}, SwitchOff("Every message to it has failed for five days.")),
    ],
)
def test_it_does_what_the_answer_asks_for(given: dict[str, float], decision: Decision) -> None:
    assert _after(**given) == decision  # type: ignore[arg-type] # a table


@pytest.mark.parametrize(("code", "success"), [(None, False), (199, False), (200, True), (204, True), (299, True),
                                               (300, False), (304, False), (307, False), (404, False)])  # fmt: skip
def test_it_takes_only_2xx_for_success(code: int | None, success: bool) -> None:
    assert is_success(code) is success


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("-1", None),
        ("soon", None),
        ("1.5", None),
        ("Sun, 22 Nov 2026 12:02:00 GMT", 120.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        ("Sun, 99 Nov 2026 11:00:00 GMT", None),
        ("9" * 30, None),
    ],
)
def test_it_reads_retry_after(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, 1_795_348_800.0) == seconds  # noon of that day
