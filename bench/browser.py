"""A connection as a browser keeps it: alive from one question to the next, made anew where the server closed it."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

Headers = Mapping[str, str]
BROKEN = (ConnectionError, asyncio.IncompleteReadError)


@dataclass(frozen=True, slots=True)
class Answer:
    """`headers` by their names in lower case."""

    status: int
    headers: Headers
    body: bytes


@dataclass(slots=True)
class Connection:
    """One question at a time. Counts how often it had to connect."""

    host: str
    port: int
    made: int = 0
    _streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = field(default=None, init=False)

    async def ask(self, path: str, headers: Headers | None = None) -> Answer:
        """GET it.

        :raise OSError: if the server cannot be reached, or closes before it has answered a connection made for this.
        """
        said = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
        question = f"GET {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n{said}\r\n".encode()
        if self._streams is not None:
            with suppress(*BROKEN):  # it was closed while it was idle
                return await self._exchange(question)
            self.close()
        self._streams = await asyncio.open_connection(self.host, self.port)
        self.made += 1
        try:
            return await self._exchange(question)
        except asyncio.IncompleteReadError as e:
            self.close()
            raise ConnectionResetError(f"the server closed before it answered {path}") from e

    async def send(self, method: str, path: str, headers: Headers, body: bytes, *, bytes_per_second: float) -> Answer:
        """A request whose body comes in as slowly as over a thin line."""
        said = "".join(f"{name}: {value}\r\n" for name, value in {**headers, "Content-Length": str(len(body))}.items())
        self._streams = await asyncio.open_connection(self.host, self.port)
        self.made += 1
        piece = max(1, round(bytes_per_second / 20))
        _, writer = self._streams
        writer.write(f"{method} {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n{said}\r\n".encode())
        for begins in range(0, len(body), piece):
            writer.write(body[begins : begins + piece])
            await writer.drain()
            await asyncio.sleep(piece / bytes_per_second)
        return await self._exchange(b"")

    async def _exchange(self, question: bytes) -> Answer:
        assert self._streams is not None
        reader, writer = self._streams
        writer.write(question)
        answer = await read_answer(reader)
        if answer.headers.get("connection", "").lower() == "close":
            self.close()
        return answer

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].transport.abort()
        self._streams = None


async def read_answer(reader: asyncio.StreamReader) -> Answer:
    """:raise asyncio.IncompleteReadError: if the server closes before its end."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    lines = (line.partition(":") for line in head[1:] if line)
    headers = {name.lower(): value.strip() for name, _, value in lines}
    status = int(head[0].split()[1])
    return Answer(status, headers, await _body(reader, status, headers))


async def _body(reader: asyncio.StreamReader, status: int, headers: Headers) -> bytes:
    if status in (204, 304):
        return b""
    if headers.get("transfer-encoding", "").lower() != "chunked":
        return await reader.readexactly(int(headers.get("content-length", 0)))
    pieces = []
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        pieces.append((await reader.readexactly(size + 2))[:-2])
    await reader.readexactly(2)
    return b"".join(pieces)
