"""Every setting, and the only reader of the environment."""

import hashlib
import ipaddress
import os
import re
import secrets
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

import crashpoints
import redis_urls
from errors import SettingsError

SECRETS = frozenset(
    {"secret_key", "api_keys", "transcriber_api_key", "describer_api_key", "embedder_api_key", "nca_api_key"}
)
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
# A unix socket's path must fit in 108 bytes on Linux and 104 on macOS.
MAX_SOCKET_PATH_BYTES = 100


# Names that a browser may be sent to: letters, digits, hyphens and dots.
_HOST_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*", re.IGNORECASE)
API_KEY_MIN_CHARS = 20
OUTPUT_ID = "{external_job_id}"  # in RENDER_OUTPUT_URL


def is_address(host: str) -> bool:
    """Whether it is an IP address rather than a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _host(host: str) -> str:
    if not is_address(host) and not _HOST_NAME.fullmatch(host):
        raise ValueError("name a host or an IP address, such as 127.0.0.1, or 0.0.0.0 for all of this machine's")
    return host


def _listed(value: object) -> object:
    """`a, b` as a list."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _api_key(key: str) -> str:
    if len(key) < API_KEY_MIN_CHARS or not key.isascii() or not key.isprintable() or " " in key:
        raise ValueError(
            f"each key needs at least {API_KEY_MIN_CHARS} characters and no blanks; "
            "`openssl rand -hex 24` makes a good one"
        )
    return key


def _http_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValueError("it must be an http:// or https:// address")
    return url.rstrip("/")


def _output_url(url: str) -> str:
    if OUTPUT_ID not in url or set(re.findall(r"[{}]", url.replace(OUTPUT_ID, ""))):
        raise ValueError(f"it must hold {OUTPUT_ID} where the renderer's name for the job stands, and no other braces")
    return _http_url(url)


def _storage_url(url: str) -> str:
    parts = urlsplit(url)
    if not (parts.scheme == "file" and not parts.netloc and parts.path) and not (parts.scheme == "s3" and parts.netloc):
        raise ValueError("it must be file:///an/absolute/folder or s3://bucket/prefix")
    return url.rstrip("/")


def _transcriber(value: str) -> str:
    if value == "local" or urlsplit(value).scheme in {"http", "https"} or Path(value).expanduser().is_dir():
        return value
    raise ValueError(
        "it must be local, the folder of a faster-whisper model, or the https:// address of an OpenAI-compatible API"
    )


def _local_or_api(value: str) -> str:
    if value == "local" or urlsplit(value).scheme in {"http", "https"}:
        return value.rstrip("/")
    raise ValueError("it must be local, or the https:// address of an OpenAI-compatible API")


def _database_url(url: str) -> str:
    if url.partition("://")[0].split("+")[0] not in {"sqlite", "postgresql", "postgres"}:
        raise ValueError("it must begin with sqlite:/// or postgresql://")
    for scheme in ("postgres://", "postgresql://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


def _crash_points(names: str) -> str:
    crashpoints.parse(names)
    return names


Role = Literal["web", "worker", "janitor"]
ALL_ROLES: tuple[Role, ...] = get_args(Role)
DEFAULT_STATEMENT_TIMEOUT_SECONDS = 30.0
DEFAULT_WAIT_LIMITS_SECONDS = {"system": 30.0, "high": 60.0, "default": 300.0, "low": 3600.0}


# How many records each step of the footage pipeline is at, in the whole fleet.
DEFAULT_FOOTAGE_AT_ONCE = {
    "file_info": 5,
    "thumbnails": 8,
    "create_frames": 5,
    "scrape_url": 3,
    "process_frames": 10,
    "describe": 5,
}


def _pairs(defaults: Mapping[str, float], noun: str, example: str) -> Callable[[object], dict[str, object]]:
    """Reads `high=60,low=3600`: those that are not named keep their default."""

    def read(value: object) -> dict[str, object]:
        if isinstance(value, Mapping):
            return {**defaults, **value}
        pairs = [pair.partition("=") for pair in str(value).split(",") if pair.strip()]
        given = {name.strip(): number.strip() for name, _, number in pairs}
        if unknown := sorted(given.keys() - defaults.keys()):
            raise ValueError(
                f"{unknown[0]!r} is no {noun}; write it as {example}, with the {noun}s {', '.join(defaults)}"
            )
        return {**defaults, **given}

    return read


def _path(value: object) -> Path:
    return Path(str(value)).expanduser().absolute()


class Settings(BaseModel):
    """The settings of one Backbeat, read once at the start. Field names are the variables' names in lower case."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: Annotated[str, AfterValidator(_host)] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 5001
    data_dir: Annotated[Path, BeforeValidator(_path)] = Field(default_factory=lambda: Path("var").absolute())
    database_url: Annotated[str, AfterValidator(_database_url)] | None = None
    # Of PostgreSQL: the connections that each process keeps, how many more it may open, how old one may grow, and how
    # long a statement may take (0: as long as it likes).
    database_pool_size: Annotated[int, Field(ge=1, le=100)] = 5
    database_pool_overflow: Annotated[int, Field(ge=0, le=100)] = 10
    database_pool_recycle_seconds: Annotated[float, Field(ge=1, le=86_400)] = 1800.0
    database_statement_timeout_seconds: Annotated[float, Field(ge=0, le=3600)] = DEFAULT_STATEMENT_TIMEOUT_SECONDS
    redis_url: Annotated[str, AfterValidator(redis_urls.check)] | None = None
    secret_key: Annotated[str, Field(min_length=16)] | None = None
    # Keys for `x-api-key` that are there from the start, each with the role operator; they act for the first owner.
    api_keys: Annotated[tuple[Annotated[str, AfterValidator(_api_key)], ...], BeforeValidator(_listed)] = ()
    # Where people find it, if that is not HOST and PORT: behind a proxy that speaks TLS, https://backbeat.example.org.
    public_url: Annotated[str, AfterValidator(_http_url)] | None = None
    allowed_hosts: Annotated[tuple[Annotated[str, AfterValidator(_host)], ...], BeforeValidator(_listed)] = ()
    trusted_proxies: Annotated[int, Field(ge=0, le=10)] = 0  # how many of ours stand in front and say who asks
    session_idle_minutes: Annotated[float, Field(gt=0, le=7 * 24 * 60)] = 30.0
    session_hours: Annotated[float, Field(gt=0, le=31 * 24)] = 12.0
    analyze_per_minute: Annotated[int, Field(ge=1, le=100_000)] = 120  # of one person or key
    # What `make run` starts on this host; what it leaves out runs on others.
    roles: Annotated[tuple[Role, ...], BeforeValidator(_listed), Field(min_length=1)] = ALL_ROLES
    workers: Annotated[int, Field(ge=1, le=256)] = Field(default_factory=lambda: os.cpu_count() or 1)
    polls_per_second: Annotated[float, Field(gt=0, le=100_000)] = 600.0  # of each web process
    # gunicorn, or granian, which answers polls at a lower cost.
    server: Literal["gunicorn", "granian"] = "gunicorn"
    web_processes: Annotated[int, Field(ge=1, le=64)] = 2
    lrclib_url: Annotated[str, AfterValidator(_http_url)] = "https://lrclib.net"
    lrclib_requests_per_second: Annotated[float, Field(gt=0, le=100)] = 4.0
    analyser: str = "services.analyser"
    max_upload_mb: Annotated[int, Field(ge=1, le=10_000)] = 500
    # Media: where it lies, how large a file may be that comes in pieces, and the folder whose files are discovered.
    storage_url: Annotated[str, AfterValidator(_storage_url)] | None = None
    s3_endpoint_url: Annotated[str, AfterValidator(_http_url)] | None = None
    max_media_mb: Annotated[int, Field(ge=1, le=1_000_000)] = 20_000
    watch_dir: Annotated[Path, BeforeValidator(_path)] | None = None
    # `local`, the folder of a faster-whisper model, or the address of an OpenAI-compatible API such as
    # https://api.example.com/v1 with the model that it is asked for.
    transcriber: Annotated[str, AfterValidator(_transcriber)] = "local"
    transcriber_model: Annotated[str, Field(min_length=1, max_length=100)] = "whisper-1"
    transcriber_api_key: str | None = None
    # What tells footage in words and numbers: `local`, or the address of an OpenAI-compatible API with the models that
    # it is asked for; a describer's model has to see pictures.
    describer: Annotated[str, AfterValidator(_local_or_api)] = "local"
    describer_model: Annotated[str, Field(min_length=1, max_length=100)] = "gpt-4o-mini"
    describer_api_key: str | None = None
    embedder: Annotated[str, AfterValidator(_local_or_api)] = "local"
    embedder_model: Annotated[str, Field(min_length=1, max_length=100)] = "text-embedding-3-small"
    embedder_api_key: str | None = None
    # The footage pipeline: how long a session of the poller is and how often it looks, in seconds; how many frames are
    # taken of one piece of footage; `file_info=5,describe=2`: how many records each step is at.
    poll_duration: Annotated[float, Field(ge=0.1, le=86_400)] = 3600.0
    poll_interval: Annotated[float, Field(ge=0.1, le=3600)] = 30.0
    max_frames: Annotated[int, Field(ge=1, le=1000)] = 40
    footage_at_once: Annotated[
        dict[str, Annotated[int, Field(ge=1, le=1000)]],
        BeforeValidator(_pairs(DEFAULT_FOOTAGE_AT_ONCE, "step", "file_info=5,describe=2")),
    ] = Field(default_factory=lambda: dict(DEFAULT_FOOTAGE_AT_ONCE))
    # The outside renderer (a No-Code Architects Toolkit), and where its outputs appear, such as
    # https://files.example.com/{external_job_id}_output_0.mp4.
    nca_base_url: Annotated[str, AfterValidator(_http_url)] | None = None
    nca_api_key: str | None = None
    render_output_url: Annotated[str, AfterValidator(_output_url)] | None = None
    # Looking for the outputs of renders: every so many minutes (a schedule, which operators may change), until a render
    # is so old, so many at a time. With `render_copy_outputs` what is found is copied into our own storage.
    polling_enabled: bool = True
    polling_interval_minutes: Annotated[int, Field(ge=1, le=59)] = 2
    polling_max_age_hours: Annotated[float, Field(gt=0, le=30 * 24)] = 24.0
    polling_batch_size: Annotated[int, Field(ge=1, le=1000)] = 10
    render_copy_outputs: bool = False
    # A video that nobody has picked up: so old, and no run of it ended so lately.
    stuck_after_minutes: Annotated[float, Field(gt=0, le=7 * 24 * 60)] = 10.0
    recent_run_minutes: Annotated[float, Field(gt=0, le=24 * 60)] = 5.0
    webhook_allow_private: bool = False
    api_calls_per_minute: Annotated[int, Field(ge=1, le=1_000_000)] = 600  # of one key, or one person
    job_retention_days: Annotated[float, Field(gt=0)] = 30.0
    sample_library: bool = True
    read_only: bool = False
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    lease_seconds: Annotated[float, Field(ge=0.5, le=3600)] = 45.0
    janitor_interval_seconds: Annotated[float, Field(ge=0.05, le=60)] = 2.0
    retry_base_seconds: Annotated[float, Field(ge=0.0, le=600)] = 5.0
    ring_grace_seconds: Annotated[float, Field(ge=0.05, le=600)] = 10.0
    hard_stop_after_seconds: Annotated[float, Field(ge=0.1, le=600)] = 15.0
    # For the fault suite only: the places, with commas, where a process can be made to die (`crashpoints.py`).
    crash_at: Annotated[str, AfterValidator(_crash_points)] = ""
    # How long a job may stand in each queue's line before the console warns: `high=60,low=3600`.
    queue_wait_limit_seconds: Annotated[
        dict[str, Annotated[float, Field(gt=0, le=30 * 86_400)]],
        BeforeValidator(_pairs(DEFAULT_WAIT_LIMITS_SECONDS, "queue", "high=60,low=3600")),
    ] = Field(default_factory=lambda: dict(DEFAULT_WAIT_LIMITS_SECONDS))

    @property
    def is_local(self) -> bool:
        """Whether only programs on this machine can reach it: no other address, and no proxy that was spoken of."""
        names = {self.host, *self.allowed_hosts, urlsplit(self.public_url or "").hostname or "localhost"}
        return names <= LOOPBACK_HOSTS and not self.trusted_proxies

    @property
    def is_encrypted(self) -> bool:
        """Whether people reach it by TLS."""
        return (self.public_url or "").startswith("https://")

    @property
    def base_url(self) -> str:
        """Where a browser finds it, without a slash at the end."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - not bound to, replaced
        return self.public_url or f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def sqlalchemy_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir / 'backbeat.db'}"

    @property
    def embedded_redis_socket(self) -> Path:
        """Where the embedded server listens: in `data_dir`, or where that is too long in the temporary folder."""
        inside = self.data_dir / "redis" / "redis.sock"
        if len(str(inside).encode()) <= MAX_SOCKET_PATH_BYTES:
            return inside
        digest = hashlib.sha256(str(self.data_dir).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"backbeat-{os.getuid()}-{digest}.sock"

    @property
    def effective_redis_url(self) -> str:
        return self.redis_url or f"unix://{quote(str(self.embedded_redis_socket))}"

    @property
    def effective_storage_url(self) -> str:
        return self.storage_url or (self.data_dir / "media").as_uri()

    @property
    def uploads_dir(self) -> Path:
        return self.data_dir / "uploads"


def read_settings(environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """The settings of the environment, with `overrides` by field name (tests use these).

    :raise SettingsError: naming the first variable that is wrong, its value, and what is allowed.
    """
    environ = os.environ if environ is None else environ
    given: dict[str, Any] = {
        name: environ[name.upper()].strip() for name in Settings.model_fields if environ.get(name.upper(), "").strip()
    }
    try:
        return Settings(**(given | overrides))
    except ValidationError as e:
        first = e.errors()[0]
        name = str(first["loc"][0])
        allowed = first["msg"].removeprefix("Value error, ")
        shown = "(not shown)" if name in SECRETS else repr(redis_urls.without_password(str(first["input"])))
        raise SettingsError(f"{name.upper()}={shown} cannot be used: {allowed}.") from e


def prepare_data_dir(settings: Settings) -> None:
    """Make the folders of `DATA_DIR`.

    :raise SettingsError: if they cannot be made or written to.
    """
    try:
        for folder in (settings.data_dir, settings.uploads_dir):
            folder.mkdir(parents=True, exist_ok=True)
        probe = settings.data_dir / f".write-test-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as e:
        raise SettingsError(
            f"DATA_DIR={str(settings.data_dir)!r} cannot be used: {e.strerror}; "
            "name a folder that can be made and written to."
        ) from e


def secret_key(settings: Settings) -> str:
    """The key that signs sessions: `SECRET_KEY`, or one made on the first start and kept in `DATA_DIR`, mode 0600."""
    if settings.secret_key:
        return settings.secret_key
    path = settings.data_dir / "secret_key"
    if not path.exists():
        draft = path.with_name(f"secret_key.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)  # whole or not at all, and never over one that somebody else has just made
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()
