from flask.testing import FlaskClient

from extensions import db, transaction
from models import Job
from services.analysing import submit_playlist, submit_song
from services.jobs import operations
from tests.conftest import MakePlaylist, MakeSong, RunJobs
from tests.pages.conftest import Open


def test_it_shows_a_waiting_job_with_its_place_in_line(open_page: Open, make_song: MakeSong) -> None:
    submit_song(make_song().id)
    job_id = submit_song(make_song("Second").id).job_id
    page = open_page(f"/jobs/{job_id}")
    assert "No. 2 in line" in page.text
    assert page.all("div", data_progress="job", data_job_id=job_id)
    assert page.all("form", action=f"/jobs/{job_id}/cancel", method="post")


def test_it_tells_what_happened(open_page: Open, make_song: MakeSong, run_jobs: RunJobs) -> None:
    song_id = make_song().id
    job_id = submit_song(song_id).job_id
    run_jobs()
    page = open_page(f"/jobs/{job_id}")
    history = page.text.partition("What happened")[2]
    assert history.index("Waiting") < history.index("Running") < history.index("Finished")
    assert page.all("a", href=f"/songs/{song_id}")


def test_it_shows_a_line_for_each_song_of_a_playlist(
    open_page: Open, make_playlist: MakePlaylist, run_jobs: RunJobs
) -> None:
    job_id = submit_playlist(make_playlist().id).job_id
    run_jobs()
    assert open_page(f"/jobs/{job_id}").all("div", data_progress="playlist", data_job_id=job_id)


def test_it_shows_the_error_and_offers_another_try(open_page: Open, make_song: MakeSong) -> None:
    job_id = submit_song(make_song().id).job_id
    with transaction() as session:
        job = session.get_one(Job, job_id)
        job.status, job.error, job.ended_at, job.active_key = "failed", "It broke <here>.", 1.0, None
        job.error_detail = "Traceback (most recent call last)"
    page = open_page(f"/jobs/{job_id}")
    assert "It broke <here>." in page.text
    assert "Traceback" not in page.text
    assert page.all("form", action=f"/jobs/{job_id}/retry", method="post")


def test_it_cancels_and_retries(client: FlaskClient, make_song: MakeSong) -> None:
    job_id = submit_song(make_song().id).job_id
    answer = client.post(f"/jobs/{job_id}/cancel")
    assert (answer.status_code, answer.location) == (303, f"/jobs/{job_id}")
    assert db.session.get_one(Job, job_id).status == "canceled"
    client.post(f"/jobs/{job_id}/retry")
    assert db.session.get_one(Job, job_id, populate_existing=True).status == "queued"


def test_it_tells_why_a_job_cannot_be_retried(client: FlaskClient, make_song: MakeSong) -> None:
    job_id = submit_song(make_song().id).job_id
    answer = client.post(f"/jobs/{job_id}/retry", follow_redirects=True)
    assert "Only a failed or canceled job can be retried" in answer.text


def test_it_deletes_a_job_that_is_over_and_no_other(client: FlaskClient, make_song: MakeSong) -> None:
    job_id = submit_song(make_song().id).job_id
    refused = client.post(f"/jobs/{job_id}/delete")
    assert refused.status_code == 409
    assert "Only a job that is over can be deleted" in refused.text
    operations.cancel(job_id)
    answer = client.post(f"/jobs/{job_id}/delete")
    assert (answer.status_code, answer.location) == (303, "/admin/jobs")
    assert client.get(f"/jobs/{job_id}").status_code == 404


def test_it_has_room_for_the_steps_beside_the_bar(open_page: Open, make_song: MakeSong) -> None:
    job_id = submit_song(make_song().id).job_id
    page = open_page(f"/jobs/{job_id}")
    (bar,) = page.all("div", data_progress="job", data_job_id=job_id)
    assert page.all("ul", id=bar["data-progress-steps"])
