"""Addresses with what no job can be called."""

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize("path", ["/jobs/{}", "/import/{}", "/admin/jobs/{}/row"])
@pytest.mark.parametrize("odd", ["%00" * 26, "x" * 25, "é" * 26, "0" * 26])
def test_it_answers_that_there_is_no_such_job(client: FlaskClient, path: str, odd: str) -> None:
    assert client.get(path.format(odd)).status_code == 404
