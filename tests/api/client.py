"""A client that holds every answer against the OpenAPI document."""

from contextvars import Context
from typing import Any

from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from blueprints.openapi import spec
from blueprints.schemas.common import Error
from extensions import db


class CheckedClient(FlaskClient):
    """Each request has an app context and a session of its own, as it would have in a server.

    The test's own session lets go of what it has read, so that it sees what the request changed.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        db.session.rollback()
        response = Context().run(super().open, *args, **({"buffered": True} | kwargs))
        if response.mimetype == "application/json" and response.data:
            self._check(response)
        return response

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return super().get(*args, **kwargs)

    def post(self, *args: Any, **kwargs: Any) -> Any:
        return super().post(*args, **kwargs)

    def patch(self, *args: Any, **kwargs: Any) -> Any:
        return super().patch(*args, **kwargs)

    def put(self, *args: Any, **kwargs: Any) -> Any:
        return super().put(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return super().delete(*args, **kwargs)

    def _check(self, response: TestResponse) -> None:
        """No field may be missing, of another type, or undocumented."""
        model = self._model(response) or (Error if response.status_code >= 400 else None)
        if model is not None:
            model.model_validate(response.json, extra="forbid")

    def _model(self, response: TestResponse) -> Any:
        try:
            address = self.application.url_map.bind("localhost")
            endpoint, _ = address.match(response.request.path, response.request.method)
        except HTTPException:
            return None
        described = spec.get_function_metadata(self.application.view_functions[endpoint])
        return described.resp.find_model(response.status_code) if described else None
