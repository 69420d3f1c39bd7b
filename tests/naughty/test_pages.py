"""Whatever is stored, pages hold it as text: nothing of it becomes a tag, an attribute, an address or a script."""

from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient

from tests.naughty.addresses import addresses
from tests.naughty.strings import MARK, NAUGHTY
from tests.pages.markup import Markup

# Attributes that lead somewhere; those that act begin with "on".
LEADS_ON = ("href", "src", "action", "formaction", "data-href", "xlink:href", "poster")
ANSWERS = (200, 403, 404, 422)  # a key has no account; a question without ids is refused


def test_every_page_and_answer_holds_them_as_text(app: Flask, naughty_client: FlaskClient) -> None:
    wrong: list[str] = []
    seen = 0
    for address in addresses(app, range(1, len(NAUGHTY) + 1)):
        answer = naughty_client.get(address, follow_redirects=True, buffered=True)
        seen += MARK in answer.text
        if answer.status_code not in ANSWERS and address != "/readyz":
            wrong.append(f"{address}: {answer.status_code}")
        if answer.mimetype == "text/html":
            wrong += [f"{address}: {found}" for found in made_of_text(Markup(answer.text))]
    assert wrong == []
    assert seen > 8 * len(NAUGHTY)


def made_of_text(page: Markup) -> list[str]:
    """What a page holds that no template of ours writes."""
    wrong = [f"inline code {code[:60]!r}" for code in page.inline_code if code.strip()]
    for tag, attributes in page.tags:
        wrong += [f"<{tag} {name}>" for name in attributes if name.startswith("on") or name == "srcdoc"]
        wrong += [
            f"<{tag} {name}={value[:60]!r}>"
            for name, value in attributes.items()
            if name in LEADS_ON and urlsplit(value).scheme not in ("", "http", "https") and value != "data:,"
        ]
    return wrong
