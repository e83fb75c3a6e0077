"""Settings: where things are kept, and which services are talked to as whom.

The environment's names are the service's and boto3's own. A sandbox's environment, when given,
beats them: with it, nothing of the caller's own accounts is read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from screentest.client.errors import ConfigError, NoCredentials
from screentest.prep.core.files import private_folder as private_folder
from screentest.prep.core.remedy import Remedy

API_PATH = "/api/v3"
DEFAULT_BASE_URL = f"https://api.wavespeed.ai{API_PATH}"
"""WaveSpeed documentation, 2026."""

WEEK_S = 7 * 24 * 3600
"""The longest life that SigV4 grants a presigned URL (AWS documentation, 2026)."""


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
        """A name for the account that the key cannot be read from: the start of its SHA-256."""
        return hashlib.sha256(self.api_key.reveal().encode()).hexdigest()[:16]


def default_home(environ: Mapping[str, str]) -> Path:
    """The folder that keeps registry, clips and scans, absolute.

    ``$SCREENTEST_HOME``, else the platform's user data folder.
    """
    if chosen := environ.get("SCREENTEST_HOME"):
        return home_at(chosen)
    import platformdirs

    return platformdirs.user_data_path("screentest", appauthor=False)


def home_at(chosen: str) -> Path:
    """The folder a user named, absolute; raises ConfigError for a ~user whom nobody knows."""
    try:
        return Path(chosen).expanduser().absolute()
    except RuntimeError:
        raise ConfigError(
            f"There is no home folder for {chosen.partition('/')[0]}.",
            Remedy("home", words="name the folder in full"),
        ) from None


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
    return Settings(
        home=home,
        base_url=normal_base_url(source.get("WAVESPEED_BASE_URL") or DEFAULT_BASE_URL),
        api_key=_api_key(source["WAVESPEED_API_KEY"]),
        bucket=source.get("SCREENTEST_BUCKET", "").strip(),
        sandbox=sandbox_env is not None,
        s3=_boto3_chain(environ) if sandbox_env is None else _given_in_full(sandbox_env),
    )


def normal_base_url(url: str) -> str:
    """The base URL with the API's path and no slash at its end.

    The service's documentation writes it with ``/api/v3``, its official SDK without.
    """
    parts = _parts_of(url.strip())
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise ConfigError(
            "WAVESPEED_BASE_URL is not an http(s) URL with a host and without user or query.",
            f"Write it like {DEFAULT_BASE_URL}.",
        )
    path = parts.path.rstrip("/")
    if not path.endswith(API_PATH):
        path += API_PATH
    return f"{parts.scheme}://{parts.netloc.lower()}{path}"


def _parts_of(url: str) -> SplitResult | None:
    """The URL's parts, None for one that no request can go to, or that holds a user or password."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return None if "@" in parts.netloc or " " in parts.netloc else parts


def _api_key(value: str) -> Secret:
    key = value.strip()
    if not all("!" <= letter <= "~" for letter in key):
        raise ConfigError(
            "WAVESPEED_API_KEY holds a space, a line break or a letter that no key has.",
            "Copy the key again from the service's page.",
        )
    return Secret(key)


def _boto3_chain(environ: Mapping[str, str]) -> S3Access:
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
