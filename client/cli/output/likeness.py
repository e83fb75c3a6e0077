"""Comparisons for people: what ``compare`` prints without --json."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from screentest.client.cli.output.tables import say, show_facts
from screentest.client.cli.output.wording import timecode

if TYPE_CHECKING:
    from rich.console import Console

    from screentest.client.registry.videos import Video
    from screentest.prep.comparing.verdict import Likeness, Resemblance

VERDICTS = {
    "same": "the same person",
    "unsure": "cannot be told",
    "other": "somebody else",
    "no face": "no face shows",
}


def show_likeness(console: Console, likeness: Likeness) -> None:
    """The verdict, how alike, and where it is least alike."""
    facts = [("Verdict", VERDICTS[likeness.verdict])]
    if likeness.similarity is not None and likeness.share is not None:
        facts.append(("Similarity", f"{likeness.similarity:.2f} of 1"))
        facts.append(("Matching", f"{likeness.share:.0%} of the moments that show a face"))
    if likeness.best is not None:
        facts.append(("Best", _moment(likeness.best)))
    if likeness.worst:
        facts.append(("Least alike", ", ".join(map(_moment, likeness.worst))))
    show_facts(console, facts)
    say(console, f"\n{likeness.reason}")


def likeness_lines(video: Video) -> list[str]:
    """What a video's comparison found, one line a character; [] where it was not compared."""
    found = video.likeness or {}
    return [_in_brief(name, one) for name, one in found.items() if isinstance(one, Mapping)]


def _in_brief(name: str, likeness: Mapping[str, object]) -> str:
    verdict, share = likeness.get("verdict"), likeness.get("share")
    if isinstance(share, int | float):
        return f"{name}: {verdict}, in {100 * share:.0f} % of the faces"
    why = "no human face" if verdict != "no face" else "no face shows in the video"
    return f"{name}: it cannot be told: {why}"


def _moment(moment: Resemblance) -> str:
    return f"{moment.similarity:.2f} at {timecode(moment.t_s)}"
