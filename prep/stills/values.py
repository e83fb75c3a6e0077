"""What a character sheet is made of: frozen values; those that leave the room hold no identity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from screentest.prep.core.values import Box, Face

Role = Literal["frontal", "left", "right", "profile", "up", "down", "view"]
Framing = Literal["head", "bust", "full"]


@dataclass(frozen=True, slots=True)
class Still:
    """One picture of a character on disk.

    ``role``: the side it shows; ``left`` and ``right`` are the viewer's, as screen left and screen
    right are: a face in ``left`` looks toward the left edge of the picture. A ``view`` shows a
    character without a human face. ``t_s``: the moment in ``source``, the path of its footage.
    ``yaw_deg``/``pitch_deg``: see ``prep.core.values.Face``; None where they cannot be measured, pitch
    in a profile and both in a view. ``score`` in [0, 1]. ``upscaled``: it has been enlarged to the
    least that was wanted. ``company``: somebody else's face shows in it too.
    """

    path: str
    role: Role
    t_s: float
    yaw_deg: float | None
    pitch_deg: float | None
    width_px: int
    height_px: int
    score: float
    source: str
    sha256: str
    bytes: int
    upscaled: bool = False
    company: bool = False


@dataclass(frozen=True, slots=True)
class CharacterSheet:
    """The stills of one character, the frontal one first.

    ``picture``: the path of the contact sheet that shows them all. ``person``: the number in the list
    of the first footage's people, None where nobody was listed or told apart. ``warnings``: sentences
    about what is missing and what to look at.
    """

    stills: tuple[Still, ...]
    picture: str
    person: int | None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a face looks, in degrees. ``pitch_deg``: None in a profile, where no mesh holds."""

    yaw_deg: float
    pitch_deg: float | None


@dataclass(frozen=True, slots=True)
class Sight:
    """One face at one moment, looked at closely enough to tell how it is turned.

    ``raw``: which footage, by its place in the list. ``aspect``: the displayed picture's width by its
    height; ``height_px``: its height. ``others``: the other faces of the moment. ``likeness``: to the
    person wanted, a cosine in [-1, 1].
    """

    raw: int
    t_s: float
    face: Face
    turn: Turn
    aspect: float
    height_px: int
    others: tuple[Box, ...] = ()
    likeness: float = 1.0


@dataclass(frozen=True, slots=True)
class Chosen:
    """A moment chosen for a role, and how good it is in [0, 1].

    ``subject``: where the face, or the figure in a view, is; None for the whole picture.
    """

    role: Role
    raw: int
    t_s: float
    score: float
    subject: Box | None
    turn: Turn | None = None
    others: tuple[Box, ...] = ()
