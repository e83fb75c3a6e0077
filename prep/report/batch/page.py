"""What stands around the rows of a batch's page: counts, filters, the pager and its script. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from screentest.prep.core.text import counted
from screentest.prep.report.batch.row import cautions
from screentest.prep.report.markup import asset, escaped, frame, sentence


@dataclass(frozen=True, slots=True)
class Heading:
    """What a batch's page says of all items.

    ``title``: plain text, such as the folder's name. ``counts``: items by status. ``shown``: how many
    have a row, ``look``: how many of those want a look, ``unpictured``: how many of those had pictures
    that found no room. ``common``: warnings of most items, with how many. ``note``: a sentence of the
    caller. ``is_whole``: whether the batch came to its end.
    """

    title: str
    counts: Mapping[str, int]
    shown: int
    look: int
    unpictured: int = 0
    common: Mapping[str, int] = field(default_factory=dict)
    cost_usd: float = 0.0
    note: str = ""
    is_whole: bool = True

    @property
    def items(self) -> int:
        return sum(self.counts.values())


def around(heading: Heading) -> tuple[str, str]:
    """The markup before and after the rows."""
    style, script = asset("report.css") + asset("batch/batch.css"), asset("batch/batch.js")
    above, below = frame(title=f"{heading.title}: a batch of Screentest", style=style, script=script)
    above += f'<main class="batch">{_header(heading)}{_bar(heading)}<div id="rows">\n'
    closing = f"</div>{_pager('foot')}{_FOOTER}</main><script>{script}</script>"
    return above, closing + below


_FOOTER = (
    "<footer><p>The worst come first: what failed, then what has warnings or scores below 0.7, then "
    "the others, each with the lowest score first.</p>"
    "<p>This page shows faces. It is self-contained and loads nothing from the network.</p></footer>"
)


def _header(heading: Heading) -> str:
    notes = "".join(f'<p class="note">{sentence(one)}</p>' for one in _notes(heading))
    figures = [("Items", f"{heading.items:,}")]
    figures += [(status, f"{count:,}") for status, count in heading.counts.items() if count]
    figures += [("Cost", f"USD {heading.cost_usd:g}")] if heading.cost_usd else []
    common = [f"Of {count:,} items: {said}" for said, count in heading.common.items()]
    told = "".join(f"<div><dt>{escaped(what)}</dt><dd>{said}</dd></div>" for what, said in figures)
    return (
        '<header><div><p class="brand">Screentest batch</p>'
        f"<h1>{escaped(heading.title)}</h1>{notes}</div>"
        f'<dl class="verdict">{told}</dl>{cautions(common)}</header>'
    )


def _notes(heading: Heading) -> list[str]:
    notes = [heading.note] if heading.note else []
    if not heading.is_whole:
        notes.append("The batch was stopped before its end: items that are missing here did not end.")
    left = heading.items - heading.shown
    if left:
        notes.append(f"The best {counted(left, 'item')} are left out, so that this page stays small.")
    if heading.unpictured:
        few = counted(heading.unpictured, "row")
        notes.append(f"The best {few} have no pictures, so that this page stays small.")
    return notes


def _bar(heading: Heading) -> str:
    """The filters; the script shows them."""
    filters = [("all", "All", heading.shown), ("look", "Worth a look", heading.look)]
    if heading.shown == heading.items:  # else their numbers would not be those of the rows
        filters += [(status, status.capitalize(), n) for status, n in heading.counts.items()]
    buttons = "".join(
        f'<button type="button" data-only="{escaped(only)}" '
        f'aria-pressed="{"true" if only == "all" else "false"}">'
        f"{escaped(words)} <small>{count:,}</small></button>"
        for only, words, count in filters
        if count and (only in ("all", "look") or count < heading.items)
    )
    return (
        f'<div class="bar" hidden><div class="filters" role="group" aria-label="Show">{buttons}</div>'
        '<input type="search" placeholder="Name or file" aria-label="Search by name or file">'
        f"{_pager('head')}</div>"
        '<p class="none" id="nothing" hidden>Nothing fits.</p>'
    )


def _pager(where: str) -> str:
    return (
        f'<nav class="pager {where}" aria-label="Pages" hidden>'
        '<button type="button" data-go="-1">Previous</button><output></output>'
        '<button type="button" data-go="1">Next</button></nav>'
    )
