import clock
from extensions import transaction
from models import RecoveryItem, RecoveryRun, Segment, Upload
from services import resumable
from services.jobs.submit import submit
from services.library import users
from services.renders import states as render_states
from services.videos import catalogue, states
from tests.pages.conftest import Open
from tests.renders.rows import a_render_of
from tests.videos.rows import a_video

VIDEOS = "/library/videos"


def test_it_plays_what_was_made_for_the_web(open_page: Open) -> None:
    video_id = a_video(
        status=states.READY,
        media_key="videos/x/source.mov",
        web_key="videos/x/web.mp4",
        poster_key="videos/x/poster.jpg",
    )
    (player,) = open_page(f"{VIDEOS}/{video_id}").all("video", id="player")
    files = f"/media/videos/{video_id}"
    assert (player["src"], player["poster"]) == (f"{files}/web.mp4", f"{files}/poster.jpg")


def test_what_the_renderer_keeps_is_linked(open_page: Open) -> None:
    video_id = a_video(status=states.READY, file_name=None, upload_id=None, file_url="https://example.org/out.mp4")
    page = open_page(f"{VIDEOS}/{video_id}")
    assert page.all("a", href="https://example.org/out.mp4")
    assert not page.all("video")


def test_an_address_that_runs_code_is_no_link(open_page: Open) -> None:
    video_id = a_video(status=states.READY, file_name=None, upload_id=None, file_url="javascript:alert(1)//")
    assert not [link for link in open_page(f"{VIDEOS}/{video_id}").all("a") if "alert" in link.get("href", "")]


def test_it_tells_what_to_do_about_a_problem(open_page: Open) -> None:
    told = {"problem": "not_a_video", "problem_text": "The file is no video."}
    page = open_page(f"{VIDEOS}/{a_video(status=states.FAILED, failures=1, **told)}")
    assert "The file is no video. Choose a video, such as an MP4" in page.text
    assert "Process again" in page.text


def test_it_tells_when_one_that_failed_is_tried_again(open_page: Open) -> None:
    told = {"problem": "failed", "problem_text": "The disk was full.", "recover_at": clock.now() + 900.0}
    page = open_page(f"{VIDEOS}/{a_video(failures=2, **told)}")
    assert "The last 2 runs failed: The disk was full. It is tried again by itself, " in page.text


def test_a_run_has_a_live_bar_and_no_second_start(open_page: Open) -> None:
    video_id = a_video(status=states.PROCESSING)
    job_id = submit("process_video", target_type="video", target_id=video_id, title="Harbour", tags=["recovery"]).job_id
    page = open_page(f"{VIDEOS}/{video_id}")
    assert page.all("div", id=f"bar-{job_id}", data_job_id=job_id)
    assert "Picked up again by the recovery" in page.text
    assert not page.all("form", action=f"{VIDEOS}/{video_id}/process")


def test_an_upload_that_is_on_its_way_tells_how_far_it_is(open_page: Open) -> None:
    video = catalogue.create(users.default_owner().id, file_name="harbour.mp4", size_bytes=2_000_000)
    assert video.upload_id is not None
    resumable.path_of(video.upload_id).write_bytes(bytes(500_000))
    page = open_page(f"{VIDEOS}/{video.id}")
    assert "500 kB of 2.0 MB" in page.text
    assert "choose the same file again" in page.text


def test_an_upload_that_lies_on_another_machine_is_told_of(open_page: Open) -> None:
    video = catalogue.create(users.default_owner().id, file_name="harbour.mp4", size_bytes=2_000_000)
    with transaction() as session:
        upload = session.get_one(Upload, video.upload_id)
        resumable.path_of(upload.id).unlink()
    assert "0 bytes of 2.0 MB" in open_page(f"{VIDEOS}/{video.id}").text


def test_it_shows_its_segments_and_renders(open_page: Open) -> None:
    owner_id, now = users.default_owner().id, clock.now()
    video_id = a_video(status=states.PROCESSING, file_name=None, upload_id=None, render_id="R")
    times = {"owner_id": owner_id, "created_at": now, "updated_at": now}
    with transaction() as session:
        session.add(Segment(id="intro", name="The intro", video_id=video_id, position=1, status="combined", **times))
    a_render_of(owner_id, operation="concatenate", target_type=render_states.VIDEO, target_id=video_id)
    page = open_page(f"{VIDEOS}/{video_id}")
    assert "No. 1 The intro Combined" in page.text
    assert "Put a video together" in page.text
    assert "The renderer is at it." in page.text


def test_it_tells_what_the_recovery_did(open_page: Open) -> None:
    video_id, now = a_video(), clock.now()
    item = {"run_id": "R" * 26, "video_id": video_id, "name": "x", "tenant_id": "1", "video_created_at": now, "at": now}
    with transaction() as session:
        session.add(RecoveryRun(id="R" * 26, started_by="schedule", started_at=now))
        session.flush()
        session.add(RecoveryItem(outcome="skipped", reason="backing_off", **item))
    assert (
        "Left alone Its runs have failed, and it is left alone for a while." in open_page(f"{VIDEOS}/{video_id}").text
    )


def test_there_is_no_other(open_page: Open) -> None:
    open_page(f"{VIDEOS}/nowhere", 404)
