"""AWS Signature Version 4 for the few plain requests that tell whether an S3 server is ready.

The algorithm is AWS's ("Signature Version 4 signing process"), as far as those requests need it:
starting the sandbox does not wait for an S3 client library to load.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime

_SIGNED = "host;x-amz-content-sha256;x-amz-date"


def signed_headers(
    method: str,
    path: str,
    body: bytes,
    *,
    host: str,
    region: str,
    access_key_id: str,
    secret_access_key: str,
    at: float,
) -> dict[str, str]:
    """Headers that authorise one request without a query. ``path``: plain ASCII, not encoded.

    ``at``: Unix time of the request.
    """
    moment = datetime.fromtimestamp(at, UTC).strftime("%Y%m%dT%H%M%SZ")
    digest = hashlib.sha256(body).hexdigest()
    scope = f"{moment[:8]}/{region}/s3/aws4_request"
    canonical_headers = f"host:{host}\nx-amz-content-sha256:{digest}\nx-amz-date:{moment}\n"
    request = "\n".join((method, path, "", canonical_headers, _SIGNED, digest))
    to_sign = "\n".join(
        ("AWS4-HMAC-SHA256", moment, scope, hashlib.sha256(request.encode()).hexdigest())
    )
    key = ("AWS4" + secret_access_key).encode()
    for part in (moment[:8], region, "s3", "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    credential = f"Credential={access_key_id}/{scope}"
    return {
        "Host": host,
        "x-amz-content-sha256": digest,
        "x-amz-date": moment,
        "Authorization": f"AWS4-HMAC-SHA256 {credential}, SignedHeaders={_SIGNED}, "
        f"Signature={signature}",
    }
