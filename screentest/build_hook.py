"""For hatchling: an editable install adds a path and copies nothing; stays out of the wheel."""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class EditableHook(BuildHookInterface[Any]):
    """Keeps an editable install from copying what ``force-include`` names into site-packages.

    The copy would hold the code of the day it was installed. hatchling takes another list only where
    that list names something, so it names the marker of types.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            build_data["force_include_editable"] = {"screentest/py.typed": "screentest/py.typed"}
