"""Requests to S3 that need no S3 client."""

from __future__ import annotations

from datetime import UTC, datetime

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from screentest.client.sandbox.s3.sigv4 import signed_headers


def test_requests_are_signed_as_botocore_signs_them() -> None:
    at = datetime.now(UTC).timestamp()
    ours = signed_headers(
        "PUT",
        "/clips/a",
        b"body",
        host="127.0.0.1:1234",
        region="us-east-1",
        access_key_id="AK",
        secret_access_key="SK",
        at=at,
    )
    request = AWSRequest("PUT", "http://127.0.0.1:1234/clips/a", data=b"body")
    signer = S3SigV4Auth(Credentials("AK", "SK"), "s3", "us-east-1")
    request.context["timestamp"] = ours["x-amz-date"]
    request.headers["X-Amz-Content-SHA256"] = ours["x-amz-content-sha256"]
    headers = {"host": "127.0.0.1:1234", "x-amz-date": ours["x-amz-date"]}
    for name, value in headers.items():
        request.headers[name] = value
    wanted = signer.signature(
        signer.string_to_sign(request, signer.canonical_request(request)), request
    )
    assert ours["Authorization"].endswith(f"Signature={wanted}")
