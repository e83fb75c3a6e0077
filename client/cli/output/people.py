"""The people of a scan as JSON: a numbered list with a picture each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from screentest.prep.core.encoding import box_json

if TYPE_CHECKING:
    from screentest.prep.report.portraits import Portrait


def people_result(listed: Sequence[Portrait]) -> list[dict[str, Any]]:
    """The list for machines; boxes are fractions of the picture.

    ``refusal``: why ``pick`` refuses the person, "" where it does not.
    """
    return [
        {
            "person": one.person.number,
            "seen_s": round(one.person.seen_s, 3),
            "face_height": round(one.person.height, 4),
            "best_s": round(one.person.best_s, 3),
            "box": box_json(one.person.box),
            "thumbnail": one.thumbnail,
            "pickable": not one.refusal,
            "refusal": one.refusal,
        }
        for one in listed
    ]
