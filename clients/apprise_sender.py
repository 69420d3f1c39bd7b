"""The program that speaks to Apprise: `python -m clients.apprise_sender`, one address and at most one message a run.

It is a process of its own, since an Apprise URL is a stranger's: what it leads to can be killed in time, sees neither
our settings nor our memory, and from the moment that everything is imported is watched by an audit hook (PEP 578). The
hook refuses to connect into private networks, whoever asks and whatever a name leads to by now; to run programs; and to
touch files that are none of Python's. Asked in JSON by standard input (`Asked`), it answers in JSON by standard output.
"""

import json
import logging
import os
import re
import signal
import ssl
import sys
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict
from urllib.parse import quote, unquote

from apprise import Apprise, AppriseAsset, NotifyFormat, NotifyType, OverflowMode

from clients.apprise_schemas import ALLOWED, OF_ANY_SERVER, schema_of
from clients.public_address import as_address, is_public

NEVER = frozenset(
    {
        *("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty"),
        *("os.startfile", "ctypes.dlopen"),
    }
)
CONNECTS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
READABLE = (
    *(sys.prefix, sys.base_prefix, "/usr/", "/etc/ssl/", "/etc/pki/", "/etc/ca-certificates"),
    *("/etc/hosts", "/etc/resolv.conf", "/etc/nsswitch.conf", "/etc/mime.types", "/etc/localtime"),
)
PRIVATE = "it leads to this machine or into a private network"
UNREADABLE = "it is not written as this service needs it; see the service's page at appriseit.com/services"
ERROR_CHARS = 300
SECRET_MIN_CHARS = 4


class Asked(TypedDict):
    """Without a `body` the URL is only looked at. `kind` is info, success, warning or failure."""

    url: str
    title: str
    body: str
    kind: str
    allow_private: bool
    within_seconds: float


class Told(TypedDict, total=False):
    """`shown` is the URL without what is secret in it, `host` the server that it names itself; `error` a reason."""

    shown: str
    host: str
    port: int
    error: str


class Guard:
    """What this process may do from now on; `refused` is the last thing that it might not."""

    def __init__(self, *, allow_private: bool) -> None:
        self.allow_private = allow_private
        self.refused = ""

    def watch(self) -> None:
        sys.addaudithook(self._judge)

    def _judge(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in NEVER:
            self._refuse("it would run a program")
        elif event in CONNECTS and not self.allow_private and not _is_public(arguments[-1]):
            self._refuse(PRIVATE)
        elif event == "open" and not _is_harmless(*arguments):
            self._refuse("it would touch a file")

    def _refuse(self, reason: str) -> None:
        self.refused = reason
        raise PermissionError(reason)


def _is_public(target: object) -> bool:
    """Whether a socket's target is a public IP address; whatever else it is, such as a file's, is not."""
    host = target[0] if isinstance(target, tuple) and target else ""
    address = as_address(str(host))
    return address is not None and is_public(address)


def _is_harmless(path: object, mode: object, flags: object) -> bool:
    writes = isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
    if isinstance(path, int) or writes:
        return isinstance(path, int) or os.fsdecode(path) == os.devnull  # type: ignore[arg-type] # a path
    return os.path.abspath(os.fsdecode(path)).startswith(READABLE)  # type: ignore[arg-type] # a path


class LastWarning(logging.Handler):
    """Apprise says what went wrong in its log only."""

    text = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.text = self.text or record.getMessage()


def tell(asked: Asked) -> Told:
    """Look at the URL, and send the message if there is one."""
    guard, warning = Guard(allow_private=asked["allow_private"]), LastWarning(logging.WARNING)
    logger = logging.getLogger("apprise")
    logger.addHandler(warning)
    logger.propagate = False
    ssl.create_default_context()  # what it imports and reads, it does before the watch
    asset = _asset()
    guard.watch()
    plugin = Apprise.instantiate(asked["url"], asset=asset)
    if plugin is None:
        return {"error": guard.refused or UNREADABLE}
    plugin.overflow_mode = OverflowMode.SPLIT  # else what is too long for the service is refused by it, for ever
    protocols = {*_names(plugin.protocol), *_names(plugin.secure_protocol)}
    if not protocols & ALLOWED.keys():
        return {"error": f"{min(protocols)}:// is not among the services that can be used"}
    told = _describe(plugin, schema_of(asked["url"]))
    if asked["body"] and not _send(asset, plugin, asked):
        said = without_secrets(warning.text, asked["url"], told.get("host", ""))
        told["error"] = guard.refused or said or "it did not take the message"
    return told


def _asset() -> AppriseAsset:
    asset = AppriseAsset(storage_mode="memory", service_timeout=0, allow_templates=False)
    asset.app_id = asset.app_desc = "Backbeat"
    asset.async_mode = asset.http_redirects = asset.pgp_autogen = asset.pem_autogen = False
    asset.image_url_logo = asset.image_url_mask = ""
    return asset


def _names(protocol: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return (protocol,) if isinstance(protocol, str) else protocol or ()


def _describe(plugin: Any, schema: str) -> Told:
    shown = re.sub(r"\?.*", "", plugin.url(privacy=True))
    if schema in OF_ANY_SERVER and schema.startswith("json"):  # whose path may be the secret
        shown = f"{schema}://{plugin.host}{f':{plugin.port}' if plugin.port else ''}/…"
    told: Told = {"shown": shown[:ERROR_CHARS]}
    if schema in OF_ANY_SERVER and getattr(plugin, "mode", "") != "cloud":
        told["host"] = getattr(plugin, "smtp_host", "") or plugin.host
        told["port"] = plugin.port or 443
    return told


def _send(asset: AppriseAsset, plugin: Any, asked: Asked) -> bool:
    sender = Apprise(asset=asset)
    sender.add(plugin)
    kind, form = NotifyType(asked["kind"]), NotifyFormat.TEXT
    return bool(sender.notify(title=asked["title"], body=asked["body"], notify_type=kind, body_format=form))


def without_secrets(text: str, url: str, host: str) -> str:
    """What Apprise says, without the pieces of the URL that may be passwords or tokens."""
    for piece in sorted(_as_written(re.split(r"[:/?&=@#]+", url)[1:]), key=len, reverse=True):
        if len(piece) >= SECRET_MIN_CHARS and piece != host:
            text = text.replace(piece, "…")
    return " ".join(text.split())[:ERROR_CHARS].rstrip(".")


def _as_written(pieces: Sequence[str]) -> set[str]:
    """The pieces as they stand, percent-decoded, and encoded anew: Apprise writes them in all of these ways."""
    plain = {unquote(piece) for piece in pieces}
    return {*pieces, *plain, *(quote(piece, safe="") for piece in plain)}


def main() -> None:
    asked: Mapping[str, Any] = json.load(sys.stdin)
    signal.setitimer(signal.ITIMER_REAL, float(asked["within_seconds"]))  # its default deed: to end the process
    json.dump(tell(Asked(**asked)), sys.stdout)  # type: ignore[typeddict-item] # what the parent has written


if __name__ == "__main__":
    main()
