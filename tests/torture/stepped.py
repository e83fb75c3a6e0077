"""The command on a computer whose wall clock is ahead by as many seconds as its first argument says.

Only what registry and sessions are told of the time is changed: S3 refuses signatures of a wrong clock.
"""

from __future__ import annotations

import sys
from datetime import datetime, timedelta, tzinfo

from screentest.client.cli import main
from screentest.client.registry import registry

AHEAD = timedelta(seconds=float(sys.argv[1]))


class Stepped(datetime):
    """A datetime whose now is not."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + AHEAD


if __name__ == "__main__":
    registry.datetime = Stepped  # type: ignore[attr-defined]
    main(sys.argv[2:])
