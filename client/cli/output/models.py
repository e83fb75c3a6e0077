"""Models as a table, and one model limit by limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from screentest.client.cli.output.wording import usd, visible
from screentest.client.errors import ConfigError
from screentest.client.remote.models.facts import MARKS, Limit
from screentest.client.remote.video_models import every_model
from screentest.prep.core.remedy import Remedy

if TYPE_CHECKING:
    from rich.console import Console

    from screentest.client.remote.wavespeed import ServedModel

_LEGEND = "[d] documented, [s] seen in a client, [o] observed by others, [a] assumed."


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One model. ``served``: None where the service was not asked. ``limits``: what is known of it."""

    model_id: str
    kind: str
    served: bool | None
    base_price_usd: float | None = None
    limits: tuple[Limit, ...] = ()


def rows_of(
    served: Mapping[str, ServedModel] | None, *, every: bool = False, only: str = ""
) -> list[ModelRow]:
    """The known models, those that make characters first; then, with ``every``, all others.

    Raises ConfigError where ``only`` names a model that is not among them.
    """
    there = served or {}
    rows = [
        ModelRow(
            model.model_id,
            model.kind,
            None if served is None else model.model_id in served,
            _price(there, model.model_id),
            model.limits(),
        )
        for model in every_model()
    ]
    known = {row.model_id for row in rows}
    if every:
        others = sorted(there.keys() - known)
        rows += [ModelRow(one, "other", True, _price(there, one)) for one in others]
    if not only:
        return rows
    if chosen := [row for row in rows if row.model_id == only]:
        return chosen
    raise ConfigError(f"No model {only!r} is known.", Remedy("list_models"))


def model_json(row: ModelRow) -> dict[str, Any]:
    """One row for --json."""
    return {
        "model": row.model_id,
        "kind": row.kind,
        "served": row.served,
        "base_price_usd": row.base_price_usd,
        "limits": {
            one.name: {
                "value": one.value,
                "mark": one.source.mark,
                "source": one.source.where,
                "date": one.source.date,
            }
            for one in row.limits
        },
    }


def show_models(console: Console, rows: Sequence[ModelRow]) -> None:
    """The table, three lines a model; a letter after each value tells how well it is known."""
    from rich.text import Text

    from screentest.client.cli.output.tables import plain_table, print_table, say

    table = plain_table(
        "Model\nPrice\nDurations of videos", "Kind\nServed\nAsked", "Delivery\nInputs\nLength"
    )
    for row in rows:
        cells = {one.name: Text(visible(_cell(one))) for one in row.limits}
        none = Text("-")
        asked = "-" if row.base_price_usd is None else usd(row.base_price_usd)
        table.add_row(Text(visible(row.model_id), style="bold"), row.kind, cells.get("delivery", none))
        table.add_row(cells.get("price", none), _SERVED[row.served], cells.get("inputs", none))
        table.add_row(cells.get("durations", none), asked, cells.get("length", none))
    print_table(console, table)
    say(console, "")
    say(console, _LEGEND)


def show_model(console: Console, row: ModelRow) -> None:
    """Every limit of one model, with its mark, source and date."""
    from screentest.client.cli.output.tables import show_facts

    facts = [("model", row.model_id), ("kind", row.kind), ("served", _SERVED[row.served])]
    facts += [(one.name, f"{one.value} ({_source(one)})") for one in row.limits]
    show_facts(console, facts)


_SERVED = {True: "yes", False: "no", None: "not asked"}


def _cell(limit: Limit) -> str:
    # Whose ids they are is told of one model; here it would be the widest column.
    value = limit.value.split(" of ")[0] if limit.name == "delivery" else limit.value
    return f"{value} [{limit.source.mark[0]}]"


def _source(limit: Limit) -> str:
    source = limit.source
    return f"{source.mark}, {source.date}: {source.where}"


def _price(served: Mapping[str, ServedModel], model_id: str) -> float | None:
    found = served.get(model_id)
    return found.base_price_usd if found else None


assert len({mark[0] for mark in MARKS}) == len(MARKS)  # noqa: S101 - the table tells marks by a letter
