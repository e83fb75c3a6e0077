"""A character sheet as JSON and as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screentest.client.cli.output.tables import show_facts, show_list
from screentest.client.cli.output.wording import timecode
from screentest.prep.core.encoding import Json

if TYPE_CHECKING:
    from rich.console import Console

    from screentest.prep.stills.values import CharacterSheet, Still


def sheet_result(made: CharacterSheet) -> Json:
    """``sheet --json``."""
    return {
        "stills": [still_result(still) for still in made.stills],
        "sheet": made.picture,
        "person": made.person,
        "warnings": list(made.warnings),
    }


def still_result(still: Still) -> Json:
    """One still of ``sheet --json``, and of a registration by images."""
    return {
        "path": still.path,
        "role": still.role,
        "source": still.source,
        "t_s": round(still.t_s, 6),
        "yaw_deg": _angle(still.yaw_deg),
        "pitch_deg": _angle(still.pitch_deg),
        "width_px": still.width_px,
        "height_px": still.height_px,
        "score": round(still.score, 4),
    }


def show_sheet(console: Console, made: CharacterSheet) -> None:
    """``sheet``: what was made, and the picture that shows it all."""
    person = [("Person", str(made.person))] if made.person is not None else []
    show_facts(console, [("Contact sheet", made.picture), *person])
    show_list(console, "Stills", [still_line(still) for still in made.stills])


def still_line(still: Still) -> str:
    """One still as text."""
    facts = [f"at {timecode(still.t_s)}", f"{still.width_px}x{still.height_px}"]
    if still.yaw_deg is not None:
        facts.append(f"turned {still.yaw_deg:+.0f} degrees")
    if still.pitch_deg is not None:
        facts.append(f"tilted {still.pitch_deg:+.0f} degrees")
    return f"{still.role}: {', '.join(facts)}, score {still.score:.2f}, {still.path}"


def _angle(angle_deg: float | None) -> float | None:
    return None if angle_deg is None else round(angle_deg, 1)
