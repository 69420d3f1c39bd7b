"""More than the server takes at once."""

from typing import Any

import pytest

from tests.api.client import CheckedClient


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    return {"max_upload_mb": 1}


def test_it_refuses_an_upload_that_is_too_large(client: CheckedClient) -> None:
    head = b'--b\r\nContent-Disposition: form-data; name="files"; filename="big.mp3"\r\n\r\n'
    body = head + bytes(1024 * 1024) + b"\r\n--b--\r\n"
    answer = client.post("/api/import", data=body, content_type="multipart/form-data; boundary=b")
    assert (answer.status_code, answer.json["error"]) == (413, "too_large")
