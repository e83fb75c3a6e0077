"""The shape of a judgement: how a measure becomes a factor."""

from __future__ import annotations


def rise(value: float, low: float, high: float) -> float:
    """0 at or below ``low``, 1 at or above ``high``, smooth between (smoothstep)."""
    x = min(1.0, max(0.0, (value - low) / (high - low)))
    return x * x * (3 - 2 * x)
