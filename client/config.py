"""Settings: where things are kept, and which services are talked to as whom.

The environment's names are the service's and boto3's own. A sandbox's environment, when given,
beats them: with it, nothing of the caller's own accounts is read.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from screentest.client.errors import ConfigError, NoCredentials
from screentest.prep.core.files import private_folder as private_folder
from screentest.prep.core.remedy import Remedy
from screentest.prep.core.text import shown

API_PATH = "/api/v3"
DEFAULT_BASE_URL = f"https://api.wavespeed.ai{API_PATH}"
"""WaveSpeed documentation, 2026."""

DEFAULT_ACCOUNT = "default"
"""What an account is called that nobody named."""

WEEK_S = 7 * 24 * 3600
"""The longest life that SigV4 grants a presigned URL (AWS documentation, 2026)."""

_LABEL = "[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?"
_HOST_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*\.?", re.IGNORECASE)
_LONGEST_ACCOUNT = 80
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that no ``repr``, ``str`` or log shows; ``reveal`` gives it to its sender."""

    _value: str = field(repr=False)

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class S3Access:
    """What is given to boto3; None leaves the answer to boto3's own chain."""

    endpoint_url: str | None = None
    access_key: Secret | None = None
    secret_key: Secret | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a registration needs to know about its surroundings.

    ``url_expires_s``: life of the presigned URL, for the service's queue and its fetch: at most 7
    days, and shorter where AWS credentials are temporary, as the URL ends with them.
    ``settle_after_s``: how long after a lost submit an empty list of tasks proves that nothing was
    accepted (assumed: the service documents no delay of its list). ``wait_s``: how long a task, or
    another process at work on the same thing, is waited for; the task goes on at the service after
    that. ``keep_objects``: leave clips in the bucket once their character is recorded.
    ``account_name``: what the account that pays is called in the registry, whichever key it has; None
    leaves it to the registry, which remembers whose key this is.
    """

    home: Path
    base_url: str
    api_key: Secret
    bucket: str
    sandbox: bool
    s3: S3Access = S3Access()
    url_expires_s: int = 24 * 3600
    settle_after_s: float = 30.0
    wait_s: float = 900.0
    keep_objects: bool = False
    account_name: str | None = None

    def __post_init__(self) -> None:
        if not 60 <= self.url_expires_s <= WEEK_S:
            raise ConfigError(
                f"A presigned URL cannot live {self.url_expires_s} s.",
                f"Choose between 60 and {WEEK_S} s (7 days).",
            )

    @property
    def service(self) -> str:
        """What names the service in a registration's identity.

        The sandbox of a home takes another port each time it starts and stays the same service.
        """
        return "sandbox" if self.sandbox else self.base_url

    @property
    def account(self) -> str:
        """The account's name in the registry: a key may change, its account stays."""
        return self.account_name or DEFAULT_ACCOUNT

    @property
    def key_hash(self) -> str:
        """What the key is known by again and cannot be read from: the start of its SHA-256."""
        return hashlib.sha256(self.api_key.reveal().encode()).hexdigest()[:16]


def default_home(environ: Mapping[str, str]) -> Path:
    """The folder that keeps registry, clips and scans, absolute.

    ``$SCREENTEST_HOME``, else the platform's user data folder.
    """
    if chosen := environ.get("SCREENTEST_HOME"):
        return home_at(chosen)
    import platformdirs

    home = platformdirs.user_data_path("screentest", appauthor=False)
    require_text(str(home), what="home folder")
    return home


def home_at(chosen: str) -> Path:
    """The folder a user named, absolute.

    Raises ConfigError for a ~user whom nobody knows, and for a path that is not UTF-8, as the registry
    records paths below it.
    """
    try:
        home = Path(chosen).expanduser().absolute()
    except RuntimeError:
        raise ConfigError(
            f"There is no home folder for {chosen.partition('/')[0]}.",
            Remedy("home", words="name the folder in full"),
        ) from None
    require_text(str(home), what="home folder")
    return home


def settings_from(
    environ: Mapping[str, str],
    *,
    home: Path,
    sandbox_env: Mapping[str, str] | None = None,
    needs_bucket: bool = True,
) -> Settings:
    """Settings from the environment, or from a sandbox's alone where one is given.

    ``needs_bucket``: False where nothing will be uploaded, so that a key is enough.
    Raises NoCredentials naming both ways out, ConfigError for a value that cannot be right.
    """
    source = environ if sandbox_env is None else sandbox_env
    needed = ("WAVESPEED_API_KEY", *(["SCREENTEST_BUCKET"] if needs_bucket else []))
    missing = [name for name in needed if not source.get(name, "").strip()]
    if missing:
        raise NoCredentials(
            f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set.",
            Remedy(
                "settings",
                words="set WAVESPEED_API_KEY and SCREENTEST_BUCKET for the real services",
            ),
            Remedy("sandbox", words="work with local ones"),
        )
    require_text(source.get("SCREENTEST_BUCKET", ""), what="bucket")
    return Settings(
        home=home,
        base_url=normal_base_url(source.get("WAVESPEED_BASE_URL") or DEFAULT_BASE_URL),
        api_key=_api_key(source["WAVESPEED_API_KEY"]),
        bucket=source.get("SCREENTEST_BUCKET", "").strip(),
        sandbox=sandbox_env is not None,
        account_name=account_named(environ.get("SCREENTEST_ACCOUNT", "")),
        s3=boto3_chain(environ) if sandbox_env is None else _given_in_full(sandbox_env),
    )


def normal_base_url(url: str) -> str:
    """The base URL with the API's path and no slash at its end.

    The service's documentation writes it with ``/api/v3``, its official SDK without. The API key goes
    wherever this leads, so plain http is for this computer alone. Raises ConfigError.
    """
    parts = _parts_of(url.strip())
    if parts is None or not parts.hostname or parts.query or parts.fragment:
        raise ConfigError(
            "WAVESPEED_BASE_URL is not an http(s) URL with a host and without user or query.",
            f"Write it like {DEFAULT_BASE_URL}.",
        )
    if parts.scheme == "http" and not is_loopback_host(parts.hostname):
        raise ConfigError(
            "WAVESPEED_BASE_URL is plain http, which would show your API key to the network.",
            "Write it with https; http is only for this computer, such as http://127.0.0.1:8000.",
        )
    path = parts.path.rstrip("/")
    if not path.endswith(API_PATH):
        path += API_PATH
    return f"{parts.scheme}://{parts.netloc.lower()}{path}"


def _parts_of(url: str) -> SplitResult | None:
    """The URL's parts, None for one that no request can go to, or that holds a user or password."""
    parts = _http_parts(url)
    if parts is None or "@" in parts.netloc or not _is_printable_ascii(url):
        return None
    return parts if _is_plain_host(parts.hostname or "") else None


def _http_parts(url: str) -> SplitResult | None:
    """The parts of an http(s) URL; None for anything else, and for one that cannot be read."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and parts.hostname else None


def _is_printable_ascii(text: str) -> bool:
    return all("!" <= letter <= "~" for letter in text)


def _is_plain_host(host: str) -> bool:
    """Whether the host is a name or an address as everybody writes them.

    ``0x7f.1`` and ``2130706433`` are addresses to some resolvers and names to others.
    """
    last = host.rstrip(".").rpartition(".")[2]
    if ":" in host or _NUMBER.fullmatch(last):
        return _address_of(host) is not None
    return _HOST_NAME.fullmatch(host) is not None


def is_loopback_host(host: str) -> bool:
    """Whether a URL's host, without brackets, is this computer."""
    address = _address_of(host)
    return address.is_loopback if address else host == "localhost" or host.endswith(".localhost")


def _address_of(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def require_webhook(url: str) -> None:
    """Raises ConfigError where the service could not call this URL; "" asks for no call.

    For every paid task, before its price is asked: a service may take a bad address and call nobody.
    """
    require_text(url, what="webhook")
    parts = _http_parts(url)
    if url and (parts is None or not _is_printable_ascii(url)):
        raise ConfigError(f"{url!r} is not a URL to call.", "Give one like https://host/path.")


def require_text(text: str, *, what: str) -> None:
    """Raises ConfigError for text that neither the registry nor the service can hold.

    A byte of an argument or a path that is not UTF-8 comes in as a lone surrogate.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ConfigError(
            f"The {what} {shown(text)} is not valid UTF-8.", f"Write the {what} in UTF-8."
        ) from None


def account_named(name: str) -> str | None:
    """An account's name in one form; None for none. Raises ConfigError for one that cannot be."""
    require_text(name, what="account")
    name = unicodedata.normalize("NFC", name).strip()
    if len(name) > _LONGEST_ACCOUNT or not name.isprintable():
        raise ConfigError(
            f"An account cannot be called {shown(name)}.",
            f"Choose a name of at most {_LONGEST_ACCOUNT} letters on one line.",
        )
    return name or None


def _api_key(value: str) -> Secret:
    key = value.strip()
    if not _is_printable_ascii(key):
        raise ConfigError(
            "WAVESPEED_API_KEY holds a space, a line break or a letter that no key has.",
            "Copy the key again from the service's page.",
        )
    return Secret(key)


def boto3_chain(environ: Mapping[str, str]) -> S3Access:
    """Buckets as boto3's own chain reaches them: environment, profile, or the machine's role."""
    # boto3 reads AWS_DEFAULT_REGION and profiles by itself, but not AWS_REGION, which AWS's other
    # SDKs read; it is only used where boto3 finds no region.
    return S3Access(region=environ.get("AWS_REGION"))


def _given_in_full(sandbox_env: Mapping[str, str]) -> S3Access:
    return S3Access(
        endpoint_url=sandbox_env["AWS_ENDPOINT_URL_S3"],
        access_key=Secret(sandbox_env["AWS_ACCESS_KEY_ID"]),
        secret_key=Secret(sandbox_env["AWS_SECRET_ACCESS_KEY"]),
        region=sandbox_env.get("AWS_REGION") or sandbox_env.get("AWS_DEFAULT_REGION"),
    )
