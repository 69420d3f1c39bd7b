"""What takes JSON takes nothing else: a form of another site cannot send JSON."""

from services.access.roles import ADMIN
from tests.routes.conftest import Closed, Route, wrong

# They read no body: what is sent is left unread.
READS_NO_BODY = {
    "api_analysis.analyze_song",
    "api_analysis.analyze_playlist",
    "api_analysis.analyze_library",
    "api_episode_work.discover_clips",
    "api_episode_work.discover_episodes",
    "async_api.stop_async_job",
    "api_job_actions.retry_job",
    "api_job_actions.cancel_job",
    "api_job_actions.delete_job",
    "api_songs.delete_song",
    "api_playlists.delete_playlist",
    "api_episodes.delete_episode",
    "api_footage.delete_footage",
    "api_footage.retry_footage",
    "api_uploads.end_upload",
    "api_video_recovery.trigger_process_new_videos",
    "api_videos.delete_video",
    "api_videos.process_video",
    "api_renders.check_stuck_jobs",
    "api_renders.retry_render",
    "api_queues.resume_queue",
    "api_queues.resume_all_queues",
    "api_webhooks.delete_webhook",
    "api_webhooks.rotate_webhook",
    "api_webhooks.test_webhook",
    "api_webhooks.redeliver",
}


def test_it_refuses_bodies_that_are_no_json(closed: Closed) -> None:
    program = closed.program("Ada", ADMIN)

    def is_right(route: Route) -> bool:
        answer = program.send(route, data="a=b", content_type="text/plain")
        return answer.status_code == 415 and answer.get_json()["error"] == "unsupported_media_type"

    taking = [
        route
        for route in closed.routes(closed.viewers)
        if route.is_unsafe and route.is_for_programs and route.endpoint not in READS_NO_BODY
    ]
    assert wrong(taking, is_right) == []


def test_those_that_read_none_are_told_of_in_the_openapi_document(closed: Closed) -> None:
    program = closed.program("Ada", ADMIN)
    document = program.client.get("/openapi.json", headers=program.headers).get_json()
    without = {
        operation["operationId"]
        for path in document["paths"].values()
        for method, operation in path.items()
        if method != "get" and "requestBody" not in operation
    }
    assert without == {endpoint.rpartition(".")[2] for endpoint in READS_NO_BODY}
