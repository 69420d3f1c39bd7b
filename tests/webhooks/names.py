"""A stand-in for the system's resolver, and a look at where connections go."""

import socket
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from clients.public_address import as_address

SockAddr = tuple[str, int]


class Names:
    """What each name leads to, one list an answer; the last answer stays. Addresses lead to themselves.

    `asked` are the names in the order in which they were looked up.
    """

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self._answers: dict[str, list[Sequence[str]]] = {}
        self.asked: list[str] = []
        patch.setattr(socket, "getaddrinfo", self._look_up)

    def say(self, name: str, *answers: Sequence[str]) -> None:
        self._answers[name] = list(answers)

    def _look_up(self, host: str | bytes, port: int, *_: Any, **__: Any) -> list[tuple[Any, ...]]:
        name = host.decode() if isinstance(host, bytes) else host
        literal = as_address(name)
        return [_answer(each, port) for each in ([name] if literal is not None else self._next(name))]

    def _next(self, name: str) -> Sequence[str]:
        self.asked.append(name)
        answers = self._answers.get(name)
        if not answers:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return answers.pop(0) if len(answers) > 1 else answers[0]


def _answer(address: str, port: int) -> tuple[Any, ...]:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    where = (address, port, 0, 0) if ":" in address else (address, port)
    return (family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", where)


class Connections:
    """Where connections were to go. What is public is refused here, for nobody's test may reach it.

    `stand_in`: for some public addresses a port of this machine, where a server of the test's answers for them.
    """

    def __init__(self, patch: pytest.MonkeyPatch, stand_in: Mapping[str, int] | None = None) -> None:
        self.to: list[str] = []
        self._stand_in = dict(stand_in or {})
        self._really = socket.create_connection
        patch.setattr(socket, "create_connection", self._connect)

    def _connect(self, address: tuple[str, int], *args: Any, **kwargs: Any) -> socket.socket:
        host, port = address
        reached = str(socket.getaddrinfo(host, port)[0][4][0])  # as the real one does, with a name too
        self.to.append(reached)
        if reached in self._stand_in:
            return self._really(("127.0.0.1", self._stand_in[reached]), *args, **kwargs)
        if reached.startswith("127.") or reached == "::1":
            return self._really((reached, port), *args, **kwargs)
        raise ConnectionRefusedError("this is a test")
