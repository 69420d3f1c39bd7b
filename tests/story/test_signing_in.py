"""A Backbeat that asks for sign-in, in real browsers: coming in, what scripts send, being signed out, and no script."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.servers.lrclib import LrclibServer
from tests.stack import Stack, running
from tests.story.axe import LOOKS, problems

SECONDS = 1000  # Playwright counts in milliseconds
PASSWORD = "a horse on a staple"

Come = Callable[..., Page]


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory, lrclib: LrclibServer, browser: Browser) -> Iterator[Stack]:
    """A Backbeat of which Ada has made herself the first admin."""
    folder = tmp_path_factory.mktemp("closed") / "data"
    with running(folder, WORKERS="1", LRCLIB_URL=lrclib.url, LRCLIB_REQUESTS_PER_SECOND="100") as started:
        page = browser.new_page(base_url=started.url)
        page.goto("/admin/people")
        page.get_by_role("button", name="Make the first admin").click()
        page.get_by_label("Your name").fill("Ada")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Make me the admin").click()
        expect(page.get_by_role("main")).to_contain_text("Welcome, Ada.")
        page.context.close()
        yield started


@pytest.fixture
def somebodys(browser: Browser, closed: Stack) -> Iterator[Callable[..., BrowserContext]]:
    """Browsers of as many people. No page of theirs may fail in a script or break the CSP."""
    contexts: list[BrowserContext] = []
    failures: list[str] = []

    def make(*, width: int = 1280, **options: object) -> BrowserContext:
        options |= {"viewport": {"width": width, "height": 844}, "reduced_motion": "reduce"}
        context = browser.new_context(base_url=closed.url, **options)  # type: ignore[arg-type] # options as they come
        context.on("weberror", lambda error: failures.append(str(error.error)))
        context.on(
            "console", lambda message: failures.append(message.text) if "Security Policy" in message.text else None
        )
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert failures == []


@pytest.fixture
def come(somebodys: Callable[..., BrowserContext]) -> Come:
    """Signs somebody in, in a browser of their own, and opens a page."""

    def sign_in(name: str = "Ada", address: str = "/", *, password: str = PASSWORD, **options: object) -> Page:
        page = somebodys(**options).new_page()
        page.goto(address)
        _fill_in(page, name, password)
        expect(page.get_by_role("button", name=f"{name}: account and sign-out")).to_be_visible()
        return page

    return sign_in


def _fill_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def _invite(page: Page, name: str, role: str = "viewer") -> str:
    """The link for somebody new."""
    page.goto("/admin/people")
    page.get_by_role("textbox", name="Name").fill(name)
    page.locator("#role").select_option(role)
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_role("heading", name=f"A link for {name}")).to_be_visible()
    return page.locator("#secret").inner_text()


def _someone_new(come: Come, somebodys: Callable[..., BrowserContext]) -> tuple[str, Page]:
    """A new viewer's name, and the page where they have just come in."""
    name = f"Linus {uuid4().hex[:6]}"
    page = somebodys().new_page()
    page.goto(_invite(come(), name))
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Save and sign in").click()
    expect(page.get_by_role("main")).to_contain_text(f"Welcome, {name}.")
    return name, page


def test_it_lets_in_with_the_right_password_only(somebodys: Callable[..., BrowserContext]) -> None:
    page = somebodys().new_page()
    page.goto("/admin/jobs?status=failed")
    _fill_in(page, "Ada", "not the password")
    expect(page.get_by_role("alert")).to_contain_text("That name and password do not belong together")
    expect(page.get_by_label("Name")).to_have_value("Ada")
    _fill_in(page, "Ada")
    page.wait_for_url("**/admin/jobs?status=failed")


def test_it_shows_a_password_only_while_asked_to(somebodys: Callable[..., BrowserContext]) -> None:
    page = somebodys().new_page()
    page.goto("/sign-in")
    field = page.get_by_label("Password", exact=True)
    field.fill(PASSWORD)
    page.get_by_role("button", name="Show the password").press("Enter")
    expect(field).to_have_attribute("type", "text")
    page.get_by_role("button", name="Show the password").press("Enter")
    expect(field).to_have_attribute("type", "password")


def test_an_invited_viewer_comes_in_by_the_link_and_sees_no_console(
    come: Come, somebodys: Callable[..., BrowserContext]
) -> None:
    _, page = _someone_new(come, somebodys)
    expect(page.get_by_role("navigation", name="Main")).not_to_contain_text("Console")
    page.goto("/admin/queues")
    expect(page.get_by_role("main")).to_contain_text("This needs the role operator; yours is viewer.")


def test_it_signs_out_from_the_menu_by_keyboard(come: Come) -> None:
    page = come()
    page.get_by_role("button", name="Ada: account and sign-out").press("Enter")
    page.get_by_role("button", name="Sign out").press("Enter")
    expect(page.get_by_role("main")).to_contain_text("You have signed out.")
    page.goto("/")
    page.wait_for_url("**/sign-in")


def test_a_new_key_is_shown_once_and_can_be_copied(come: Come) -> None:
    page = come(address="/account", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_label("Name of a new key").fill("ci")
    page.get_by_role("button", name="Make a key").click()
    text = page.locator("#secret").inner_text()
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("status").filter(has_text="Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == text
    page.get_by_role("link", name="Done").click()
    expect(page.get_by_role("main")).to_contain_text(f"{text[:9]}…")
    assert text not in page.content()


def test_a_key_is_marked_where_the_browser_lends_no_clipboard(come: Come) -> None:
    page = come(address="/account")
    page.evaluate("delete Navigator.prototype.clipboard")
    page.get_by_label("Name of a new key").fill("ci")
    page.get_by_role("button", name="Make a key").click()
    page.evaluate("delete Navigator.prototype.clipboard")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("status").filter(has_text="It is marked")).to_be_visible()
    assert page.evaluate("getSelection().toString()") == page.locator("#secret").inner_text()


def test_what_scripts_post_is_taken(
    come: Come, somebodys: Callable[..., BrowserContext], lrclib: LrclibServer, tmp_path: Path
) -> None:
    """Analyze, cancel in place, retry from the tray, and an upload: each by its own script."""
    lrclib.thinks_for_seconds = 3.0
    name, page = _someone_new(come, somebodys)
    song = tmp_path / f"{name}.csv"
    song.write_text("title,artist\nSlow song,Nobody\n")
    page.goto("/import")
    page.locator("input[type=file]").first.set_input_files(song)
    page.get_by_role("button", name="Import").click()
    page.wait_for_url("**/import/*")
    expect(page.get_by_role("cell", name="Added")).to_have_count(2, timeout=90 * SECONDS)  # the song, and its list
    lrclib.add("Slow song", "Nobody", plainLyrics="La la la")
    page.goto("/")
    page.get_by_role("button", name="Analyze the whole library").click()
    strip = page.get_by_role("region", name="Analysis of the whole library")
    expect(strip).to_be_visible()
    strip.get_by_role("button", name="Cancel").click()
    page.get_by_role("banner").get_by_role("button", name=re.compile("^My jobs")).click()
    tray = page.get_by_role("dialog", name="My jobs")
    expect(tray.get_by_role("list", name="Ended lately")).to_contain_text("Canceled", timeout=90 * SECONDS)
    assert "/jobs/" not in page.url  # the form was not sent as well
    tray.get_by_role("button", name=re.compile("^Retry")).first.click()
    expect(tray.get_by_role("list", name="Running and waiting")).to_contain_text("library", timeout=90 * SECONDS)
    lrclib.thinks_for_seconds = 0.0


def _sign_out_elsewhere(come: Come, name: str) -> None:
    page = come(name, "/account")
    page.get_by_role("button", name="Sign out everywhere else").click()
    expect(page.get_by_role("main")).to_contain_text("You are signed out everywhere but here.")


def test_an_open_console_says_once_that_one_is_signed_out_and_leads_back(come: Come) -> None:
    page = come(address="/admin/queues")
    page.get_by_label("Refresh", exact=True).select_option("2")
    _sign_out_elsewhere(come, "Ada")
    notice = page.get_by_role("alert").filter(has_text="You have been signed out.")
    expect(notice).to_be_visible(timeout=15 * SECONDS)
    expect(notice).to_have_count(1)
    notice.get_by_role("link", name="Sign in").click()
    _fill_in(page, "Ada")
    page.wait_for_url("**/admin/queues")


def test_a_bar_says_that_one_is_signed_out_and_leads_back(
    come: Come, somebodys: Callable[..., BrowserContext], lrclib: LrclibServer
) -> None:
    lrclib.thinks_for_seconds = 20.0
    lrclib.add("A song of its own", "Nobody", plainLyrics="La la la")
    name, page = _someone_new(come, somebodys)
    page.goto("/songs/new")
    page.get_by_label("Title").fill("A song of its own")
    page.get_by_label("Artist").fill("Nobody")
    page.get_by_role("button", name="Save and analyze").click()
    bar = page.locator("#song-slot")
    expect(bar.get_by_role("button", name=re.compile("^Cancel"))).to_be_visible(timeout=15 * SECONDS)
    address = page.url
    _sign_out_elsewhere(come, name)
    expect(bar).to_contain_text("You are signed out. Sign in again.", timeout=15 * SECONDS)
    expect(page.get_by_role("alert").filter(has_text="You have been signed out.")).to_have_count(1)
    bar.get_by_role("button", name=re.compile("^Sign in")).click()
    _fill_in(page, name)
    page.wait_for_url(address)
    lrclib.thinks_for_seconds = 0.0


def test_it_all_works_without_a_script(come: Come, somebodys: Callable[..., BrowserContext]) -> None:
    page = come(java_script_enabled=False)
    name = f"Grace {uuid4().hex[:6]}"
    guest = somebodys(java_script_enabled=False).new_page()
    guest.goto(_invite(page, name))
    guest.get_by_label("Password", exact=True).fill(PASSWORD)
    guest.get_by_role("button", name="Save and sign in").click()
    guest.goto("/account")
    guest.get_by_label("The one you have").fill(PASSWORD)
    guest.get_by_label("The new one").fill("a staple on a horse")
    guest.get_by_role("button", name="Change the password").click()
    expect(guest.get_by_role("main")).to_contain_text("The password is changed")
    guest.get_by_role("button", name=f"{name}: account and sign-out").click()
    guest.get_by_role("button", name="Sign out", exact=True).click()
    expect(guest.get_by_role("heading", name="Sign in")).to_be_visible()


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_axe_finds_nothing(come: Come, somebodys: Callable[..., BrowserContext], scheme: str, width: int) -> None:
    page = come(color_scheme=scheme, width=width)
    name = f"{uuid4().hex[:6]} with a name as long as it may be, which has to be cut somewhere or wrapped"
    link = _invite(page, name)
    found = problems(page)
    for address in ("/account", "/admin/people", "/admin/keys"):
        page.goto(address)
        found += problems(page)
    page.goto("/admin/people")
    page.get_by_role("button", name=f"Manage {name}").click()
    found += problems(page)
    guest = somebodys(color_scheme=scheme, width=width).new_page()
    for address in ("/sign-in", link, "/welcome/over"):
        guest.goto(address)
        found += problems(guest)
    assert found == []
