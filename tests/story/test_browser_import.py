"""Importing in a real browser: files chosen, a bar for each part of the way, a report that names what was refused."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.importing.makers import make_audio, make_id3

SECONDS = 1000  # Playwright counts in milliseconds


def _files(folder: Path) -> list[Path]:
    audio = make_audio(folder / "tagged.mp3")
    words = {"lang": "eng", "text": "Raise a glass of whiskey"}
    tags = make_id3("A Tagged Song", TPE1={"text": "Tester"}, USLT=words)
    tags.save(audio)
    lyrics = folder / "Somebody - Plain Words.txt"
    lyrics.write_text("Walking home along the river\nSinging all the way\n")
    wrong = folder / "picture.mp3"
    wrong.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    empty = folder / "empty.txt"
    empty.touch()
    return [audio, lyrics, wrong, empty]


def test_good_files_go_in_and_bad_ones_are_named(page: Page, tmp_path: Path) -> None:
    page.goto("/import")
    page.locator("#files").set_input_files(_files(tmp_path))
    page.get_by_role("button", name="Import", exact=True).click()
    main = page.locator("main")
    expect(main).to_contain_text("picture.mp3", timeout=30 * SECONDS)
    expect(main).to_contain_text("holds a PNG image")
    expect(main).to_contain_text("empty.txt")
    page.goto("/?q=tagged")
    page.get_by_role("link", name="A Tagged Song").click()
    page.get_by_role("button", name="Analyze").click()
    expect(main).to_contain_text("Drugs and alcohol", timeout=20 * SECONDS)


def test_the_same_files_again_change_nothing(page: Page, tmp_path: Path) -> None:
    for _ in range(2):
        page.goto("/import")
        page.locator("#files").set_input_files(_files(tmp_path)[:2])
        page.get_by_role("button", name="Import", exact=True).click()
        page.wait_for_url("**/import/*", timeout=30 * SECONDS)
        expect(page.locator("main")).to_contain_text("tagged.mp3", timeout=30 * SECONDS)
    expect(page.locator("main")).to_contain_text(re.compile(r"Already there\s+2"))
