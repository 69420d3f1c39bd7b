"""What the pages of sign-in, accounts, people and keys have in common."""

import re
from collections.abc import Sequence
from urllib.parse import quote

from flask import render_template, request

from extensions import current_settings
from services.access.roles import ROLES, includes

# A path with one slash in front, of what stands in addresses. Browsers take a backslash for a slash, and leave out
# blanks and control characters, so that what looks like a path could lead to another site.
_OWN_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")

# What programs call themselves, the more special before those that they also claim to be.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "a Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def own_path(address: str | None) -> str:
    """The address, if it is a path of ours; else the library's."""
    return address if address and _OWN_PATH.fullmatch(address) else "/"


def roles_up_to(role: str) -> tuple[str, ...]:
    return tuple(lower for lower in ROLES if includes(role, lower))


def browser_in_words(agent: str) -> str:
    """`Firefox on Linux`, of a `User-Agent`."""
    browser = _first(_BROWSERS, agent) or "A browser"
    system = _first(_SYSTEMS, agent)
    return f"{browser} on {system}" if system else browser


def _first(known: Sequence[tuple[str, str]], agent: str) -> str:
    return next((name for sign, name in known if sign in agent), "")


def address_for_others(path: str) -> str:
    """The whole address of a path, to be passed on."""
    return (current_settings().public_url or request.host_url.rstrip("/")) + quote(path)


def show_key(name: str, text: str, back: str) -> tuple[str, int]:
    """The page that shows a new key, once."""
    example = f'curl -H "x-api-key: {text}" {address_for_others("/api/jobs/mine")}'
    page = render_template("shown_once.html", kind="key", name=name, secret=text, example=example, back=back)
    return page, 201


def show_link(name: str, path: str, back: str) -> tuple[str, int]:
    """The page that shows a new one-time link, once."""
    link = address_for_others(path)
    return render_template("shown_once.html", kind="link", name=name, secret=link, back=back), 201
