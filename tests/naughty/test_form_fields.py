"""Every field of every form, found on the pages themselves, takes every naughty string, and gives it back as text."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.naughty.addresses import addresses
from tests.naughty.strings import NAUGHTY, UNSTORABLE
from tests.naughty.test_pages import made_of_text
from tests.pages.markup import Markup

ALL_IN_ONE = "".join(text for text in NAUGHTY.values() if len(text) < 200)
TEXTS = (
    NAUGHTY["tag"],
    NAUGHTY["lines"],
    NAUGHTY["format"],
    NAUGHTY["long"],
    ALL_IN_ONE,
    UNSTORABLE["nul"],
    "😀" * 200,
)
FIELDS = frozenset({"input", "textarea", "select", "button"})


@dataclass(slots=True)
class Form:
    """Where a form goes, and what it sends if nothing is changed."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, ...]:
        """The same for the form of each row."""
        return (*(part for part in self.action.split("?")[0].split("/") if not _is_row(part)), *sorted(self.values))


def _is_row(part: str) -> bool:
    return part.isdigit() or len(part) == 26


class _Forms(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(given.get("action", ""), given.get("method", "get"))
            self.forms.append(self._open)
        elif tag in FIELDS and self._open is not None and given.get("name") and given.get("type") != "file":
            self._open.values.setdefault(given["name"], given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None


def _forms(app: Flask, client: FlaskClient) -> Iterator[Form]:
    known: set[tuple[str, ...]] = set()
    for address in addresses(app, range(1, 4)):
        answer = client.get(address, follow_redirects=True, buffered=True)
        for form in _Forms(answer.text).forms if answer.mimetype == "text/html" else []:
            form.action = form.action or answer.request.path
            if form.key not in known:
                known.add(form.key)
                yield form


def test_no_text_breaks_a_form(app: Flask, naughty_client: FlaskClient) -> None:
    forms = [form for form in _forms(app, naughty_client) if not form.action.endswith(("/sign-out", "/delete"))]
    wrong = []
    tried = 0
    for form in forms:
        for name in form.values:
            for text in TEXTS:
                tried += 1
                values = form.values | {name: text}
                sent: dict[str, Any] = {"query_string" if form.method == "get" else "data": values}
                answer = naughty_client.open(form.action, method=form.method.upper(), buffered=True, **sent)
                wrong += [f"{form.action} {name}={text[:40]!r}: {found}" for found in _wrong(answer)]
    assert wrong == []
    assert tried > 30 * len(TEXTS)


def _wrong(answer: TestResponse) -> list[str]:
    if answer.status_code >= 500:
        return [str(answer.status_code)]
    if any(character in answer.headers.get("Location", "") for character in "\r\n\x00"):
        return ["a header of its own"]
    return made_of_text(Markup(answer.text)) if answer.mimetype == "text/html" else []
