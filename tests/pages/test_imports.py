from io import BytesIO

from flask.testing import FlaskClient
from sqlalchemy import insert

from extensions import transaction
from models import ImportItem
from services.jobs.submit import submit
from tests.conftest import MakeSong, RunJobs
from tests.pages.conftest import Open
from tests.pages.markup import Markup


def _send(client: FlaskClient, **files: bytes) -> str:
    uploads = [(BytesIO(content), name.replace("_", ".")) for name, content in files.items()]
    answer = client.post("/import", data={"files": uploads}, content_type="multipart/form-data")
    assert answer.status_code == 303
    return answer.location


def test_it_takes_files_without_a_script_and_reports_each(
    client: FlaskClient, open_page: Open, run_jobs: RunJobs
) -> None:
    report = _send(client, ballad_txt=b"She walked the hills\nall night", empty_txt=b"", notes_docx=b"PK..")
    run_jobs()
    page = open_page(report)
    assert "Added 1" in page.text
    assert "Refused 2" in page.text
    assert "“empty.txt” is empty" in page.text
    assert "notes.docx" in page.text


def test_it_shows_the_bar_while_the_import_runs(client: FlaskClient, open_page: Open) -> None:
    report = _send(client, ballad_txt=b"She walked the hills")
    job_id = report.rpartition("/")[2]
    page = open_page(report)
    assert page.all("div", data_progress="job", data_job_id=job_id)
    assert "Files appear here as they are read." in page.text


def test_it_asks_again_when_no_file_was_chosen(client: FlaskClient) -> None:
    answer = client.post("/import", data={"files": (BytesIO(b""), "")}, content_type="multipart/form-data")
    assert answer.status_code == 422
    page = Markup(answer.text)
    assert "No file was sent." in page.text
    assert page.all("form", id="import-form", enctype="multipart/form-data")


def test_it_remembers_recent_imports(client: FlaskClient, open_page: Open, run_jobs: RunJobs) -> None:
    assert "Nothing has been imported here yet." in open_page("/import").text
    report = _send(client, ballad_txt=b"She walked the hills")
    run_jobs()
    page = open_page("/import")
    assert page.all("a", href=report, title="ballad.txt")
    assert "1 added" in page.text


def test_it_pages_and_filters_a_long_report(open_page: Open, make_song: MakeSong) -> None:
    job_id = submit("import_media", title="250 files", owner_id=make_song().owner_id).job_id
    items = [
        {"job_id": job_id, "name": f"file {number:03}", "outcome": ("added", "refused")[number % 2], "reason": "why"}
        for number in range(250)
    ]
    with transaction() as session:
        session.execute(insert(ImportItem), items)
    first = open_page(f"/import/{job_id}?outcome=refused")
    assert len(first.all("span", class_="song-title")) == 100
    (link,) = first.all("a", rel="next")
    second = open_page(link["href"])
    assert len(second.all("span", class_="song-title")) == 25
    assert not second.all("a", rel="next")
    assert "file 000" not in first.text


def test_it_has_no_report_of_another_job(client: FlaskClient, make_song: MakeSong) -> None:
    song = make_song()
    job_id = submit("analyze_song", target_type="song", target_id=song.id).job_id
    assert client.get(f"/import/{job_id}").status_code == 404
    assert client.get("/import/01ARZ3NDEKTSV4RRFFQ69G5FAV").status_code == 404
