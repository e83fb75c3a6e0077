"""Where botocore's errors become ours; what is wrong with its surroundings names the variable."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from boto3.exceptions import Boto3Error
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    InvalidProxiesConfigError,
    NoCredentialsError,
    PartialCredentialsError,
    ProxyConnectionError,
    SSLError,
)
from botocore.exceptions import (
    ConnectionError as NoConnection,
)

from screentest.client.errors import BucketUnusable, StorageError, StorageUnreachable
from screentest.client.remote.scrub import scrubbed
from screentest.prep.core.remedy import Remedy, remedies_of

Problem = tuple[str, str]

_CERTIFICATES = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE")
"""In the order in which botocore heeds them (botocore/endpoint.py, 2026)."""


def certificates_problem(environ: Mapping[str, str]) -> Problem | None:
    """What is wrong with the certificates that the environment names, and the way out."""
    name = _certificates_in(environ)
    if name is None or (os.access(environ[name], os.R_OK) and Path(environ[name]).exists()):
        return None
    return (f"{name} names certificates that cannot be read.", f"Correct or unset {name}.")


def connection_problem(error: BotoCoreError, environ: Mapping[str, str]) -> Problem | None:
    """What in the environment a failed connection is about; None where it may be the network itself."""
    certificates = _certificates_in(environ)
    if isinstance(error, SSLError) and certificates:
        return (
            f"The certificates that {certificates} names do not vouch for the S3 server.",
            f"Correct or unset {certificates}.",
        )
    for name, value in environ.items():
        if name.lower() in ("https_proxy", "http_proxy") and value and _is_about(error, value):
            is_socks = value.lower().startswith("socks")
            kind = "SOCKS proxy, which boto3 cannot use" if is_socks else "proxy that cannot be used"
            return (f"{name} names a {kind}.", f"Write {name} as http://host:port, or unset it.")
    return None


def unheeded_proxy(environ: Mapping[str, str]) -> str:
    """A hint where the only proxy is in a variable that boto3 does not heed; "" otherwise."""
    names = {name.lower(): name for name, value in environ.items() if value}
    if "all_proxy" in names and "https_proxy" not in names:
        return f"boto3 heeds HTTPS_PROXY and not {names['all_proxy']}."
    return ""


_SET_KEYS = (
    Remedy("settings", words="set AWS_PROFILE"),
    Remedy("settings", words="set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"),
    Remedy("sandbox", words="work without any"),
)
BUCKET_HINT = "Check SCREENTEST_BUCKET and the AWS settings (AWS_PROFILE, AWS_ENDPOINT_URL_S3...)."
RENEW_CREDENTIALS = remedies_of(
    "Renew them (such as with `aws sso login`) or use keys that last.", Remedy("retry")
)
_DENIED = frozenset({"AccessDenied", "AllAccessDisabled", "AccountProblem"})
_WRONG_KEYS = frozenset({"InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"})


@contextmanager
def mapped(bucket: str) -> Iterator[None]:
    """Errors of boto3 and botocore become ours in the block."""
    # "from None": botocore's texts may hold a whole URL.
    try:
        yield
    except (NoCredentialsError, PartialCredentialsError):
        raise BucketUnusable(f"There are no AWS credentials for bucket {bucket}.", *_SET_KEYS) from None
    except (NoConnection, HTTPClientError) as error:
        if problem := connection_problem(error, os.environ):
            raise StorageUnreachable(*problem) from None
        raise StorageUnreachable(
            f"Cannot reach the S3 server of bucket {bucket} ({type(error).__name__}).",
            *filter(None, ["Check the network and AWS_ENDPOINT_URL_S3.", unheeded_proxy(os.environ)]),
            Remedy("retry"),
        ) from None
    except ClientError as error:
        raise _refusal(error, bucket) from None
    except Boto3Error as error:
        cause = error.__context__
        if isinstance(cause, ClientError):
            raise _refusal(cause, bucket) from None
        raise StorageError(f"boto3 failed ({type(error).__name__}).", BUCKET_HINT) from None
    except OSError as error:
        raise StorageError(
            f"{error.filename or 'The clip'} cannot be read: {error.strerror}.",
            Remedy("retry"),
            "A clip that is gone is made again.",
        ) from None
    except RuntimeError:
        # What botocore raises for credentials that ended and that it cannot renew.
        raise BucketUnusable("The AWS credentials have ended.", *RENEW_CREDENTIALS) from None
    except (BotoCoreError, ValueError) as error:
        raise StorageError(
            f"The AWS settings cannot be used ({type(error).__name__}).", BUCKET_HINT
        ) from None


def _refusal(error: ClientError, bucket: str) -> StorageError:
    status = status_of(error)
    code = scrubbed(str(error.response.get("Error", {}).get("Code", "")), most=60)
    if status >= 500 or code in ("SlowDown", "RequestTimeout"):
        return StorageUnreachable(
            f"The S3 server failed ({status} {code}).", Remedy("retry", ("later",))
        )
    if code == "NoSuchBucket" or (status == 404 and error.operation_name != "HeadObject"):
        return BucketUnusable(f"There is no bucket {bucket}.", BUCKET_HINT)
    if code in _WRONG_KEYS:
        return BucketUnusable(f"The S3 server refuses the AWS keys ({code}).", BUCKET_HINT)
    if status == 403 or code in _DENIED:
        return BucketUnusable(f"No right to use bucket {bucket} ({code}).", BUCKET_HINT)
    return StorageError(f"The S3 server refused: {status} {code}.", BUCKET_HINT)


def status_of(error: ClientError) -> int:
    """The HTTP status of a refusal, 0 where there was none."""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _certificates_in(environ: Mapping[str, str]) -> str | None:
    return next((name for name in _CERTIFICATES if environ.get(name)), None)


def _is_about(error: BotoCoreError, proxy: str) -> bool:
    if isinstance(error, ProxyConnectionError | InvalidProxiesConfigError):
        return True
    return isinstance(error, HTTPClientError) and not _is_plain(proxy)


def _is_plain(proxy: str) -> bool:
    try:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        return bool(parts.hostname) and parts.scheme in ("http", "https") and parts.port != 0
    except ValueError:
        return False
