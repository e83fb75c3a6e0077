"""What HTTP's statuses ask of whoever fetches or sends a file (RFC 9110, 15)."""

from __future__ import annotations

from typing import Final

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
"""The file is to be asked for at another address."""
MOST_REDIRECTS: Final = 5
LATER: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
"""The same request may be answered later."""
