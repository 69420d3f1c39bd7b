"""The pages of webhooks keep what every page promises."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.pages.markup import Markup
from tests.servers.sink import Sink, answer
from tests.webhooks.conftest import Deliver, MakeEndpoint, Owe

XSS = "<script>window.__xss=1</script>"
ICONS = Path(__file__).resolve().parents[2] / "static/img/icons.svg"


@pytest.fixture
def pages(
    client: FlaskClient, make_endpoint: MakeEndpoint, owe: Owe, deliver: Deliver, receiver: Sink
) -> dict[str, str]:
    """Every page of webhooks, of which every word that somebody else wrote is a script."""
    receiver.otherwise = answer(500, XSS.encode(), Server=XSS)
    path = f"{receiver.url}?q={XSS}"
    endpoint = make_endpoint(path)
    endpoint_id = endpoint.id
    (delivery_id,) = owe(endpoint, body=XSS)
    deliver()
    addresses = ["/webhooks", f"/webhooks/{endpoint_id}", f"/webhooks/deliveries/{delivery_id}", "/admin/webhooks"]
    shown = {address: client.get(address).text for address in addresses}
    refused = client.post("/webhooks", data={"url": XSS, "description": XSS}).text
    return shown | {"refused": refused, "rotated": client.post(f"/webhooks/{endpoint_id}/rotate").text}


def test_it_shows_others_words_as_words(pages: dict[str, str]) -> None:
    for address, html in pages.items():
        page = Markup(html)
        assert XSS not in html, address
        assert page.inline_code == []
        for _, attributes in page.tags:
            assert not [name for name in attributes if name == "style" or name.startswith("on")], address


def test_it_is_well_formed_with_ids_that_are_one_thing_each(pages: dict[str, str]) -> None:
    for address, html in pages.items():
        page = Markup(html)
        assert (page.open, page.wrongly_closed) == ([], []), address
        ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
        assert sorted(ids) == sorted(set(ids)), address
        assert len(page.all("h1")) == 1, address


def test_every_field_has_a_label(pages: dict[str, str]) -> None:
    for html in pages.values():
        page = Markup(html)
        labelled = {label["for"] for label in page.all("label") if "for" in label}
        fields = [each for each in page.all("input") if each.get("type") != "hidden"]
        assert [each for each in fields if each.get("id") not in labelled] == []


def test_it_names_only_icons_that_there_are(pages: dict[str, str]) -> None:
    icons = ICONS.read_text()
    for html in pages.values():
        for use in Markup(html).all("use"):
            assert f'id="{use["href"].partition("#")[2]}"' in icons
