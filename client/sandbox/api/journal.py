"""``journal.jsonl``: one line per API request, whether or not the caller waited for the reply.

Exactly ``{"t", "method", "path", "status", "body"}``: Unix time of arrival (seconds), the path
without its query, the HTTP status answered, and the request's JSON object or null, with everything
secret hidden. The line is written before the reply leaves, so whoever has a reply finds its line.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from screentest.client.sandbox.redact import redacted, redacted_text


class Journal:
    """Appends lines. Each is one write, so that lines of several threads never mix."""

    def __init__(self, path: Path, *, secrets: Iterable[str]) -> None:
        self._secrets = frozenset(secrets)
        self._handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def write(self, t: float, method: str, path: str, status: int, body: Any) -> None:
        """Append one request."""
        entry = {
            "t": round(t, 6),
            "method": method,
            "path": redacted_text(path, self._secrets),
            "status": status,
            "body": redacted(body, self._secrets) if isinstance(body, dict) else None,
        }
        os.write(self._handle, (json.dumps(entry) + "\n").encode())

    def close(self) -> None:
        """Close the file; writing after this is an error."""
        os.close(self._handle)
