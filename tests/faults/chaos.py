"""A proxy that misbehaves as networks do, in front of anything that speaks over a stream: Redis, PostgreSQL, HTTP.

with ChaosProxy("/run/redis.sock", listen="/tmp/chaos.sock") as proxy:
    proxy.mood = REFUSE
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

CHUNK_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Mood:
    """How the proxy fares. What holds for replies begins anew with each mood that is set."""

    accepts: bool = True  # else connections are refused, and those that stand are cut
    moves: bool = True  # else nothing passes, though connections stand: a black hole
    delay_seconds: float = 0.0  # before each piece of a reply
    bytes_per_second: float | None = None
    cuts_replies: bool = False  # half of the next piece of a reply passes, then the connection is cut
    drops_reply_to: tuple[bytes, ...] = ()  # what is asked with one of these is done, and its reply lost
    times: int | None = None  # so many replies are cut or lost, then all is well; None: every one


PASS = Mood()
REFUSE = Mood(accepts=False)
BLACK_HOLE = Mood(moves=False)
CUT = Mood(cuts_replies=True)
# A transaction or a script that Redis has carried out, and nobody is told.
DROP_AFTER_EXEC = Mood(drops_reply_to=(b"\r\nEXEC\r\n", b"\r\nEVALSHA\r\n", b"\r\nEVAL\r\n"))
DROP_AFTER_COMMIT = Mood(drops_reply_to=(b"COMMIT",))


def slow(*, delay_seconds: float = 0.0, bytes_per_second: float | None = None) -> Mood:
    return Mood(delay_seconds=delay_seconds, bytes_per_second=bytes_per_second)


def once(mood: Mood, times: int = 1) -> Mood:
    """The same for the next `times` replies only."""
    return replace(mood, times=times)


class ChaosProxy:
    """Hands on what comes to `listen` to `target`; each is a unix socket's path, or `host:port` (port 0: any).

    `harmed` counts the replies that were cut or lost. Runs on a thread of its own.
    """

    def __init__(self, target: str | Path, listen: str | Path = "127.0.0.1:0") -> None:
        self._target, self.address = str(target), str(listen)
        self._mood, self._times_left = PASS, PASS.times
        self.harmed = 0
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, name="chaos-proxy", daemon=True)

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    @property
    def mood(self) -> Mood:
        return self._mood

    @mood.setter
    def mood(self, mood: Mood) -> None:
        self._do(lambda: self._turn(mood))

    def cut_all(self) -> None:
        """Cut every connection that stands; new ones fare as the mood says."""
        self._do(self._cut_all)

    def __enter__(self) -> Self:
        self._thread.start()
        self._do(lambda: self._turn(PASS))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._do(self._end)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, what: Callable[[], Awaitable[None]]) -> None:
        async def run() -> None:
            await what()

        asyncio.run_coroutine_threadsafe(run(), self._loop).result(timeout=10)

    async def _turn(self, mood: Mood) -> None:
        self._mood, self._times_left = mood, mood.times
        if mood.accepts and self._server is None:
            await self._listen()
        elif not mood.accepts and self._server is not None:
            await self._close(self._server)
            self._server = None
            await self._cut_all()

    async def _end(self) -> None:
        """Cut all until nobody is left, those too who were being let in as it ended.

        Nothing is cancelled: a task that is cancelled before its first step never closes the socket it was made for.
        """
        await self._turn(REFUSE)
        while asyncio.all_tasks() - {asyncio.current_task()}:
            await self._cut_all()
            await asyncio.sleep(0.005)

    async def _listen(self) -> None:
        if "/" in self.address:
            Path(self.address).unlink(missing_ok=True)
            self._server = await asyncio.start_unix_server(self._serve, self.address)
            return
        host, _, port = self.address.rpartition(":")
        self._server = await asyncio.start_server(self._serve, host, int(port))
        self.address = f"{host}:{self._server.sockets[0].getsockname()[1]}"

    async def _close(self, server: asyncio.Server) -> None:
        """Stop listening. asyncio leaks a connection that was accepted, and not yet begun, as its server closed."""
        for listening in server.sockets:
            self._loop.remove_reader(listening.fileno())
        await asyncio.sleep(0)
        server.close()

    async def _cut_all(self) -> None:
        for writer in list(self._open):
            writer.transport.abort()
        await asyncio.sleep(0)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if "/" in self._target:
            return await asyncio.open_unix_connection(self._target)
        host, _, port = self._target.rpartition(":")
        return await asyncio.open_connection(host, int(port))

    async def _serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        self._open.add(to_client)
        try:
            await self._serve_one(client, to_client)
        except OSError:  # the target is gone, and so are we for this client
            pass
        finally:
            self._cut(to_client)

    async def _serve_one(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        server, to_server = await self._connect()
        self._open.add(to_server)
        pair = _Pair(self, to_client, to_server)
        try:
            await asyncio.wait(
                {asyncio.create_task(pair.carry_requests(client)), asyncio.create_task(pair.carry_replies(server))},
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            self._cut(to_server)

    def _cut(self, writer: asyncio.StreamWriter) -> None:
        self._open.discard(writer)
        writer.transport.abort()

    async def until_it_moves(self) -> None:
        while not self._mood.moves:
            await asyncio.sleep(0.01)

    def harms_one(self) -> bool:
        """Whether one more reply is to be harmed; counts it."""
        if self._times_left == 0:
            return False
        self._times_left = None if self._times_left is None else self._times_left - 1
        self.harmed += 1
        return True


class _Pair:
    """One client's connection and ours to the target."""

    def __init__(self, proxy: ChaosProxy, to_client: asyncio.StreamWriter, to_server: asyncio.StreamWriter) -> None:
        self._proxy, self._to_client, self._to_server = proxy, to_client, to_server
        self._reply_is_lost = False

    async def carry_requests(self, client: asyncio.StreamReader) -> None:
        with suppress(ConnectionError):
            while piece := await client.read(CHUNK_BYTES):
                await self._proxy.until_it_moves()
                if any(word in piece for word in self._proxy.mood.drops_reply_to):
                    self._reply_is_lost = self._proxy.harms_one()
                self._to_server.write(piece)
                await self._to_server.drain()

    async def carry_replies(self, server: asyncio.StreamReader) -> None:
        with suppress(ConnectionError):
            while piece := await server.read(CHUNK_BYTES):
                await self._proxy.until_it_moves()
                if self._reply_is_lost:
                    return
                mood = self._proxy.mood
                if mood.cuts_replies and self._proxy.harms_one():
                    self._to_client.write(piece[: len(piece) // 2])
                    await self._to_client.drain()
                    await asyncio.sleep(0.01)  # abort() would throw away what has not left yet
                    return
                await self._hand_over(piece, mood)

    async def _hand_over(self, piece: bytes, mood: Mood) -> None:
        """Send a piece of a reply at the mood's pace."""
        await asyncio.sleep(mood.delay_seconds)
        at_once = len(piece) if mood.bytes_per_second is None else max(1, int(mood.bytes_per_second / 20))
        for start in range(0, len(piece), at_once):
            self._to_client.write(piece[start : start + at_once])
            await self._to_client.drain()
            if mood.bytes_per_second is not None:
                await asyncio.sleep(at_once / mood.bytes_per_second)
