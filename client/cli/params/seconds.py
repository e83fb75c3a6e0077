"""Numbers on the command line: amounts, sizes, and times as seconds or as results show them."""

from __future__ import annotations

import math
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from screentest.prep.core.text import seconds_in
from screentest.prep.core.wishes import TURNS_DEG

# Generic for the type checker only: older versions of click take no argument here.
if TYPE_CHECKING:
    _OfFloat = click.ParamType[float]
    _OfInt = click.ParamType[int]
    _OfText = click.ParamType[str]
    _OfMoment = click.ParamType[datetime]
else:
    _OfFloat = _OfInt = _OfText = _OfMoment = click.ParamType


class Seconds(_OfFloat):
    """Seconds as a float: ``62.5``, ``1:02.5``, ``0:01:02.5``. ``above_zero``: 0 is refused."""

    name = "seconds"

    def __init__(self, *, above_zero: bool = False) -> None:
        self._above_zero = above_zero

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number of seconds; a usage error where it is not a time, or negative."""
        found = seconds_in(str(value).strip())
        if found is None:
            self.fail(f"{value!r} is not a time: give seconds, or a time such as 1:02.5.", param, ctx)
        if found < 0 or (self._above_zero and not found):
            self.fail(f"{value} is too short.", param, ctx)
        return found


class QuarterTurn(_OfInt):
    """90, 180 or 270 degrees, as a number: in a settings file it may be one or a text."""

    name = "turn"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002
        return "[90|180|270]"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The degrees; a usage error for any other turn."""
        if str(value) not in {str(turn) for turn in TURNS_DEG}:
            self.fail(f"{value!r} is not 90, 180 or 270.", param, ctx)
        return int(str(value))


class Amount(click.FloatRange):
    """A number from 0 on. NaN is refused: as a limit it would allow everything, and end no wait."""

    def __init__(self) -> None:
        super().__init__(min=0)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number; a usage error where it is none, or negative."""
        if isinstance(value, bool):  # of a settings file, where a word passes for 1
            self.fail(f"{value!r} is not a number.", param, ctx)
        found = float(super().convert(value, param, ctx))
        if math.isnan(found):
            self.fail(f"{value!r} is not a number.", param, ctx)
        return found


class Day(_OfMoment):
    """A day such as 2026-11-01, as the moment at which it begins on this machine."""

    name = "day"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """The moment, with its offset; a usage error where it is not a day."""
        try:
            return datetime.strptime(str(value).strip(), "%Y-%m-%d").astimezone()
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is not a day: write it like 2026-11-01.", param, ctx)


class VideoSize(_OfText):
    """A size as models write it, ``720*1280``, also where an x stands between; anything else stays."""

    name = "size"
    _SIZE = re.compile(r"(\d+)\s*[xX×]\s*(\d+)")

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002
        """The size; a model refuses one that it does not make."""
        text = str(value).strip()
        found = self._SIZE.fullmatch(text)
        return f"{found[1]}*{found[2]}" if found else text
