"""Why footage that lies elsewhere did not come."""

from __future__ import annotations

from screentest.prep.core.errors import ScreentestError


class NotFetched(ScreentestError):
    """Footage on the web or in a bucket is not there, not allowed, too large or not a video."""


class FetchBroken(NotFetched):
    """The network or the server failed on the way; what came is kept, and the same call goes on."""

    retryable = True
