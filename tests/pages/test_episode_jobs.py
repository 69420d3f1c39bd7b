"""Live bars on an episode's page."""

from services.jobs.submit import submit
from tests.pages import episode_rows
from tests.pages.conftest import Open

ADDRESS = "/library/episodes/a-talk"


def test_it_has_a_live_bar_for_every_job_of_it(open_page: Open) -> None:
    episode_rows.episode()
    processing = submit("process_episode", target_type="episode", target_id="a-talk", title="A talk").job_id
    rendering = submit("render_clips", target_type="episode", target_id="a-talk", title="Its clips").job_id
    page = open_page(ADDRESS)
    assert page.all("div", data_job_id=processing, data_progress="job")
    assert page.all("div", data_job_id=rendering, data_progress="playlist")
