"""A browser of somebody's: it keeps its cookies, and sends each form with the token of the page it has open."""

from flask import Flask
from werkzeug.test import TestResponse

from tests.pages.markup import Markup

PASSWORD = "a horse on a staple"


class Browser:
    def __init__(self, app: Flask, agent: str = "Firefox/140.0 (X11; Linux)") -> None:
        self.client = app.test_client()
        self.agent = agent
        self.token = ""

    def open(self, address: str, status: int = 200) -> Markup:
        return self._shown(self.client.get(address, headers={"User-Agent": self.agent}), status)

    def send(self, address: str, status: int = 303, **fields: str) -> TestResponse:
        """Post a form from the page that is open."""
        answer = self.client.post(address, data={"csrf_token": self.token} | fields, headers={"User-Agent": self.agent})
        assert answer.status_code == status, answer.text[:500]
        return answer

    def refused(self, address: str, status: int, **fields: str) -> Markup:
        """Post a form that comes back."""
        return self._shown(self.send(address, status, **fields), status)

    def sign_in(self, name: str, password: str = PASSWORD, *, following: str = "/") -> TestResponse:
        self.open("/sign-in")
        answer = self.send("/sign-in", name=name, password=password, next=following)
        self.open("/")
        return answer

    def _shown(self, answer: TestResponse, status: int) -> Markup:
        assert answer.status_code == status, answer.text[:500]
        page = Markup(answer.text)
        self.token = next((tag["content"] for tag in page.all("meta", name="csrf-token")), "")
        return page
