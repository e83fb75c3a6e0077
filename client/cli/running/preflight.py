"""What is checked before anything is started, scanned or paid for."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from screentest.client.cli.running.call import Call
from screentest.prep.clipping.place import require_clip_name as require_clip_name
from screentest.prep.clipping.place import require_writable as require_writable

if TYPE_CHECKING:
    from screentest.client.characters.register import Order
    from screentest.client.registry.videos import Video
    from screentest.prep.core.wishes import Wishes


def require_order(order: Order) -> None:
    """Raises ConfigError or FootageError for an order that cannot succeed."""
    from screentest.client.characters.order import model_for

    model_for(order)
    for footage in (order.footage, *order.others):
        require_files(footage, order.wishes)


def require_files(footage: str, wishes: Wishes) -> None:
    """Raises NotFound, NotAFile or FootageError where footage or photo cannot be opened.

    ``footage``: "" where a character's own is meant; an address is asked when it is fetched.
    """
    from screentest.client.fetching.elsewhere import is_elsewhere
    from screentest.prep.media.opening import regular_file

    if footage and not is_elsewhere(footage):
        regular_file(footage)
    if wishes.match is not None:
        regular_file(wishes.match)


def require_free(out: Path, *, overwrite: bool) -> None:
    """Raises what a place for a video can be refused for: its name, folder, or a file that stays."""
    from screentest.prep.core.errors import OutputExists
    from screentest.prep.core.remedy import Remedy

    require_clip_name(out, what="video")
    require_writable(out)
    if out.exists() and not overwrite:
        raise OutputExists(f"{out} already exists.", Remedy("out"), Remedy("overwrite"))


def left_at(call: Call, out: Path) -> Video | None:
    """The video whose file lies at ``out`` though it is on no record: its run was killed in between."""
    from screentest.client.registry.registry import FILE_NAME, Registry
    from screentest.client.videos.task import lies_at

    with Registry(call.home / FILE_NAME) as registry:
        fetched = registry.videos.list_fetched()
    return next((row for row in fetched if lies_at(out, row)), None)


def require_known(call: Call, names: Iterable[str], *, deleted: bool = True) -> None:
    """Raises UnknownCharacter for the first name or id that this home's registry lacks.

    Raises ConfigError for one that is not UTF-8. ``deleted``: whether a tombstone counts.
    """
    from screentest.client.config import require_text
    from screentest.client.registry.registry import FILE_NAME, Registry

    with Registry(call.home / FILE_NAME) as registry:
        for name in names:
            require_text(name, what="name")
            if not registry.registrations.list_meant(name):
                registry.registrations.find(name, deleted=deleted)
