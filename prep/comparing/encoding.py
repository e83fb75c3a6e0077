"""A comparison as a JSON object with stable keys."""

from __future__ import annotations

from screentest.prep.comparing.verdict import Likeness, Resemblance
from screentest.prep.core.encoding import Json

_DIGITS = 4


def likeness_json(likeness: Likeness) -> Json:
    """``similarity``, ``share`` and ``best`` are null where nothing was compared."""
    return {
        "similarity": _rounded(likeness.similarity),
        "verdict": likeness.verdict,
        "share": _rounded(likeness.share),
        "worst": [_moment_json(one) for one in likeness.worst],
        "best": None if likeness.best is None else _moment_json(likeness.best),
        "reason": likeness.reason,
    }


def _moment_json(moment: Resemblance) -> Json:
    return {"t_s": round(moment.t_s, 6), "similarity": round(moment.similarity, _DIGITS)}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)
