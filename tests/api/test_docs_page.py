"""The page that reads the OpenAPI document."""

import re

from tests.api.client import CheckedClient


def test_it_loads_nothing_from_elsewhere_and_runs_nothing_inline(client: CheckedClient) -> None:
    page = client.get("/docs").text
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert all(address.startswith(("/", "data:,")) and not address.startswith("//") for address in addresses)


def test_it_serves_all_that_the_page_loads(client: CheckedClient) -> None:
    addresses = re.findall(r'(?:src|href)="(/[^"]+)"', client.get("/docs").text)
    assert "/openapi.json" in addresses
    assert {client.get(address).status_code for address in addresses} == {200}
