"""One item of a batch as a row of its page: pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from pathlib import Path
from typing import Final

from screentest.prep.core.text import counted, timecode
from screentest.prep.core.values import Segment
from screentest.prep.report.batch.strip import PICTURES, is_strip
from screentest.prep.report.markup import data_uri, escaped, sentence
from screentest.prep.report.page import level, meter, subject_words
from screentest.prep.scoring.faces import CLEAN

_MOST_LETTERS: Final = 700
_MOST_SENTENCES: Final = 12
_MOST_FILES: Final = 5


@dataclass(frozen=True, slots=True)
class BatchRow:
    """What became of one item.

    ``number``: in the batch, from 1 on. ``status``: one word. ``footage``: as a page may show it,
    without what signs a URL. ``fault``: why it failed, and ``hint`` the way out. ``said``: what was
    left undone. ``clip``: absolute path of a file on this machine. ``strip``: see ``film_strip``;
    anything else that is in there is not shown.
    """

    number: int
    name: str
    status: str
    footage: tuple[str, ...] = ()
    segment: Segment | None = None
    warnings: tuple[str, ...] = ()
    fault: str = ""
    hint: str = ""
    said: str = ""
    character_id: str | None = None
    clip: str | None = None
    cost_usd: float = 0.0
    strip: bytes = field(default=b"", repr=False)

    @property
    def score(self) -> float:
        """Of its window; 1 without one, as nothing is known against it."""
        return 1.0 if self.segment is None else self.segment.score


def bounded(row: BatchRow) -> BatchRow:
    """The row without what nobody would read on, and without a strip that is none: a worker may have
    sent it.
    """
    segment, files = row.segment, row.footage
    if segment is not None:
        segment = replace(segment, reasons=_sentences(segment.reasons), alternatives=(), heads=None)
    if len(files) > _MOST_FILES:
        files = (*files[:_MOST_FILES], f"and {counted(len(files) - _MOST_FILES, 'more file')}")
    return replace(
        row,
        name=_cut(row.name),
        footage=tuple(map(_cut, files)),
        segment=segment,
        warnings=_sentences(row.warnings),
        fault=_cut(row.fault),
        hint=_cut(row.hint),
        said=_cut(row.said),
        strip=row.strip if is_strip(row.strip) else b"",
    )


def _sentences(told: Sequence[str]) -> tuple[str, ...]:
    return tuple(map(_cut, told[:_MOST_SENTENCES]))


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_LETTERS else f"{text[:_MOST_LETTERS]}…"


class Rank(IntEnum):
    """The order of a page's rows, in which those of one rank follow by score, lowest first."""

    FAILED = 0
    LOOK = 1
    OTHER = 2
    SKIPPED = 3


def rank_of(status: str, score: float, *, is_warned: bool) -> Rank:
    """``is_warned``: of something that is not said of most items. A person should see what is, or what
    scores below a clean window.
    """
    if status == "failed":
        return Rank.FAILED
    if status == "skipped":
        return Rank.SKIPPED
    return Rank.LOOK if is_warned or score < CLEAN else Rank.OTHER


def row_html(row: BatchRow, *, rank: Rank) -> str:
    """The markup of a row, in which names and messages are text whatever they hold."""
    look = " data-look" if rank is Rank.LOOK else ""
    return (
        f'<article data-status="{escaped(row.status)}"{look}><div class="head">'
        f"<h2>{escaped(row.name)}</h2>"
        f'<p class="state"><b class="tag">{escaped(row.status)}</b> no. {row.number}</p>'
        f'{_score(row.segment)}</div><div class="film">{_fault(row)}{picture_html(row)}'
        f"{cautions(row.warnings)}{_words(row.segment)}"
        f'<p class="facts where">{_where(row)}</p></div></article>\n'
    )


def cautions(warnings: Sequence[str]) -> str:
    """Warnings as a list; nothing of none."""
    items = "".join(f"<li>{sentence(one)}</li>" for one in warnings)
    return f'<ul class="cautions" aria-label="Warnings">{items}</ul>' if items else ""


def _score(segment: Segment | None) -> str:
    if segment is None:
        return ""
    what = "" if segment.subject == "face" else f'<p class="other">{subject_words(segment)}</p>'
    return (
        f'<p class="score {level(segment.score)}">{segment.score:.2f}</p>{meter(segment.score)}'
        f'<p class="span">{_span(segment.start_s, segment.end_s)}</p>{what}'
    )


def _span(start_s: float, end_s: float) -> str:
    return f"{timecode(start_s)} – {timecode(end_s)}"


def _fault(row: BatchRow) -> str:
    told = " ".join(filter(None, (row.fault, row.hint, row.said)))
    kind = "fault" if row.fault else "said"
    return f'<p class="{kind}">{sentence(told)}</p>' if told else ""


def picture_html(row: BatchRow) -> str:
    """The markup of a row's pictures, which may be left out of it; "" without any."""
    if not row.strip:
        return ""
    alt = f"{PICTURES} pictures of the clip of {row.name}"
    if row.segment is not None:
        alt += f", {_span(row.segment.start_s, row.segment.end_s)}"
    return (
        f'<div class="strip"><img src="{data_uri("image/jpeg", row.strip)}" decoding="async" '
        f'alt="{escaped(alt)}"></div>'
    )


def _words(segment: Segment | None) -> str:
    if segment is None:
        return ""
    reasons = " ".join(sentence(one) for one in segment.reasons)
    return f'<p class="note">{reasons}</p>'


def _where(row: BatchRow) -> str:
    facts = [f'<span class="footage">{escaped(", ".join(row.footage))}</span>', _clip(row.clip)]
    if row.character_id:
        facts.append(f"<code>{escaped(row.character_id)}</code>")
    if row.cost_usd:
        facts.append(f"USD {row.cost_usd:g}")
    return " · ".join(filter(None, facts))


def _clip(clip: str | None) -> str:
    """A link to the file, which a browser opens from a page that lies on the same machine."""
    if clip is None or not Path(clip).is_absolute():
        return ""
    address = escaped(Path(clip).as_uri())
    return f'<a href="{address}" target="_blank" rel="noopener noreferrer">watch the clip</a>'
