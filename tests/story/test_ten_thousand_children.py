"""A playlist of 10,000 songs in a real browser: the page stays small, and every song can be seen."""

import re

from playwright.sync_api import Page, expect
from sqlalchemy import text

from tests.stack import Stack
from tests.story.bars import SECONDS

CHILDREN = 10_000
MAX_ROWS = 150


def _big_playlist(stack: Stack) -> int:
    """Songs and playlist go straight into the database: what is tried here is the page."""
    song = text(
        "INSERT INTO song (owner_id, title, artist, album, lyrics, source, fingerprint, title_key, artist_key,"
        " search_text, created_at, updated_at)"
        " VALUES (1, :title, 'Many', '', 'la la la', '', :title, :title, 'many', :title, 0, 0)"
    )
    with stack.engine.begin() as connection:
        connection.execute(song, [{"title": f"number {n:05}"} for n in range(CHILDREN)])
        connection.execute(
            text("INSERT INTO playlist (owner_id, name, created_at, updated_at) VALUES (1, 'Ten thousand', 0, 0)")
        )
        connection.execute(
            text(
                "INSERT INTO playlist_song (playlist_id, position, song_id)"
                " SELECT (SELECT id FROM playlist WHERE name = 'Ten thousand'),"
                " row_number() OVER (ORDER BY id), id FROM song WHERE artist = 'Many'"
            )
        )
        return int(connection.execute(text("SELECT id FROM playlist WHERE name = 'Ten thousand'")).scalar_one())


def test_the_list_of_songs_is_virtual(page: Page, shared_stack: Stack) -> None:
    playlist = _big_playlist(shared_stack)
    job_id = shared_stack.post(f"/api/playlists/{playlist}/analyze")["job_id"]
    page.goto(f"/jobs/{job_id}")
    rows = page.locator("main .progress-children [role=listitem]")
    expect(page.locator("main")).to_contain_text(re.compile(r"of 10,?000"), timeout=60 * SECONDS)
    expect(rows.first).to_contain_text("number 00000", timeout=30 * SECONDS)
    assert rows.count() < MAX_ROWS
    page.locator("main .progress-children").focus()
    page.keyboard.press("End")
    expect(rows.filter(has_text="number 09999")).to_be_visible(timeout=30 * SECONDS)
    expect(rows.filter(has_text="number 09999")).to_have_attribute("aria-posinset", str(CHILDREN))
    assert rows.count() < MAX_ROWS
    page.locator("main").get_by_role("button", name=re.compile("^Cancel")).first.click()
    expect(page.locator("main")).to_contain_text(re.compile("Cancel+ed"), timeout=60 * SECONDS)
