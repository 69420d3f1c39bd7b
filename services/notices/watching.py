"""The janitor's part: telling operators what is wrong, and people that a webhook of theirs was switched off."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select, update

import clock
from extensions import db, db_now, seekable_now, transaction
from models import AlertRule, Job, Notice, NoticeAddress, User, WebhookEndpoint
from services.fleet.glance import glance
from services.jobs import states
from services.notices import alerts, outbox, rules
from services.notices.events import ALERT, WEBHOOK_OFF
from services.notices.outbox import News
from services.recovery.overview import counts as stuck_counts

EVERY_SECONDS = 10.0
# Whoever was switched off longer ago was told of already, or there was nobody to tell.
NEWS_SECONDS = 86_400.0


@dataclass(slots=True)
class Watch:
    """It remembers only when it looked last; what was told stands in the rows."""

    _looked_at: float = float("-inf")

    def look(self) -> None:
        """Look around every ten seconds. Two cheap SELECTs if there are neither rules nor dead webhooks."""
        if clock.monotonic() - self._looked_at < EVERY_SECONDS:
            return
        self._looked_at = clock.monotonic()
        tell_of_webhooks()
        apply_rules()


@dataclass(frozen=True, slots=True)
class Move:
    """What is to be done about a rule that was told of last at `told_at`."""

    rule_id: int
    address_id: int
    told_at: float | None
    step: alerts.Step
    news: News | None


def apply_rules() -> None:
    """Tell what each rule has to tell by now."""
    watched = [rule for rule in rules.in_force() if rule.kind != alerts.WEBHOOKS]
    facts = _facts(watched) if watched else None
    moves = [] if facts is None else [_decide(rule, facts) for rule in watched]
    db.session.rollback()
    for move in moves:
        if move.step != "nothing":
            _take(move)


def _decide(rule: AlertRule, facts: alerts.Facts) -> Move:
    sentence = alerts.judge(rule, facts)
    step = alerts.next_step(rule, is_on=bool(sentence), now=facts.now)
    return Move(rule.id, rule.address_id, rule.told_at, step, _news(rule.kind, sentence, step))


def _facts(watched: Sequence[AlertRule]) -> alerts.Facts:
    seen = glance()
    waits = {
        line.queue: line.wait_seconds
        for line in seen.lines.values()
        if line.wait_seconds is not None and line.pause is None
    }
    windows = {rule.window_minutes for rule in watched if rule.kind == alerts.FAILURES}
    return alerts.Facts(
        now=float(db.session.scalar(select(db_now())) or 0.0),
        waits=waits,
        workers=None if seen.records is None else len(seen.alive),
        failed={minutes: _failed_within(minutes) for minutes in windows},
        stuck=stuck_counts() if any(rule.kind == alerts.STUCK for rule in watched) else {},
    )


def _failed_within(minutes: float) -> int:
    since = seekable_now() - minutes * 60
    failed = select(Job.id).where(Job.status == states.FAILED, Job.ended_at >= since).limit(alerts.COUNTED)
    return db.session.scalar(select(func.count()).select_from(failed.subquery())) or 0


def _news(kind_name: str, sentence: str, step: alerts.Step) -> News | None:
    kind = alerts.KINDS[kind_name]
    if step == "over":
        return News(ALERT, "", f"It is over: “{kind.label}” holds no more.", kind.path)
    told = {"tell": sentence, "remind": f"Still: {sentence}"}
    return News(ALERT, "", told[step], kind.path) if step in told else None


def _take(move: Move) -> None:
    """Move the rule on and write down what is told, once, however many janitors there are."""
    mine = update(AlertRule).where(AlertRule.id == move.rule_id, AlertRule.told_at.is_not_distinct_from(move.told_at))
    moved = mine.values(**_values(move.step)).returning(AlertRule.id, db_now())
    returned = moved.execution_options(synchronize_session=False)
    with transaction() as session:
        row = session.execute(returned).one_or_none()
        if row is not None and move.news is not None:
            about = f"{ALERT}:{move.rule_id}:{move.step}:{row[1]:.3f}"
            outbox.owe(session, move.address_id, replace(move.news, about=about))


def _values(step: alerts.Step) -> dict[str, Any]:
    if step in ("over", "forget"):
        return {"seen_since": None, "told_at": None}
    seen = {"seen_since": func.coalesce(AlertRule.seen_since, db_now())}
    return seen if step == "see" else seen | {"told_at": db_now()}


def tell_of_webhooks() -> None:
    """Tell of each webhook that was switched off for its failures: its owner, and operators who have a rule for it."""
    off = (WebhookEndpoint.disabled_at > db_now() - NEWS_SECONDS, WebhookEndpoint.failing_since.is_not(None))
    columns = (WebhookEndpoint.id, WebhookEndpoint.owner_id, WebhookEndpoint.url, WebhookEndpoint.disabled_at)
    rows = db.session.execute(select(*columns, WebhookEndpoint.disabled_reason).where(*off)).all()
    owed = _owed(rows) if rows else []
    told = _told([news.about for _, news in owed]) if owed else set()
    db.session.rollback()
    fresh = [(address_id, news) for address_id, news in owed if (address_id, news.about) not in told]
    if fresh:
        with transaction() as session:
            for address_id, news in fresh:
                outbox.owe(session, address_id, news)


def _owed(rows: Sequence[Any]) -> list[tuple[int, News]]:
    """Whom each webhook's end is to be told: two statements, however many there are."""
    ruled = [rule for rule in rules.in_force() if rule.kind == alerts.WEBHOOKS]
    theirs = _who_want({row.owner_id for row in rows})
    return [(address_id, _off(row)) for row in rows for address_id in _addresses(row, ruled, theirs)]


def _told(abouts: Sequence[str]) -> set[tuple[int, str]]:
    known = select(Notice.address_id, Notice.about).where(Notice.about.in_(abouts))
    return {(row.address_id, row.about) for row in db.session.execute(known)}


def _off(row: Any) -> News:
    text = f"The webhook {row.url.partition('?')[0]} was switched off. {row.disabled_reason or ''}"
    return News(WEBHOOK_OFF, f"{WEBHOOK_OFF}:{row.id}:{row.disabled_at:.3f}", text, "/webhooks")


def _who_want(owners: set[int]) -> Sequence[Any]:
    """The addresses of these people that are on and want such news; nobody who is disabled is told."""
    columns = (NoticeAddress.id, NoticeAddress.owner_id, NoticeAddress.events, NoticeAddress.created_at)
    able = (NoticeAddress.owner_id.in_(owners), NoticeAddress.disabled_at.is_(None), User.disabled_at.is_(None))
    found = db.session.execute(select(*columns).join(User, User.id == NoticeAddress.owner_id).where(*able))
    return [row for row in found if WEBHOOK_OFF in row.events]


def _addresses(webhook: Any, ruled: Sequence[AlertRule], theirs: Sequence[Any]) -> list[int]:
    """Those that were there by then already."""
    by_rule = {rule.address_id for rule in ruled if rule.created_at <= webhook.disabled_at}
    own = {row.id for row in theirs if row.owner_id == webhook.owner_id and row.created_at <= webhook.disabled_at}
    return sorted(by_rule | own)
