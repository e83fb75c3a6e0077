"""Tabs of Debian's Chromium for tests: with what they complained of, asked for, and axe-core found.

axe-core finds what people who cannot see or point would miss; it lies in ``vendor`` with its licence.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Page

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
_SERIOUS = ("serious", "critical")
_RUN_AXE = """async ([places, rules, values]) => {
  const found = await axe.run(places || document, {
    preload: false, resultTypes: ["violations"], runOnly: {type: "tag", values},
    rules: Object.fromEntries(rules.map(rule => [rule, {enabled: false}])),
  });
  const where = ({target, html}) => target.join(" ") + ": " + html.slice(0, 120);
  return found.violations.map(({id, impact, help, nodes}) =>
    ({id, impact, help, nodes: nodes.map(where)}));
}"""
_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


@dataclass(slots=True)
class Tab:
    """A tab with everything that it complained of and asked for.

    ``hosts``: those that it may ask, with their ports. ``expected``: what a console error may hold,
    such as the 404 that a test is about.
    """

    context: BrowserContext
    page: Page
    hosts: set[str]
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def listen(self) -> None:
        """Hears from now on what the page says and asks for."""
        self.page.on("console", lambda message: self._said(message))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("crash", lambda _: self.complaints.append("the tab crashed"))
        self.page.on("request", lambda request: self.asked.append(request.url))

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")

    @property
    def elsewhere(self) -> list[str]:
        """What was asked of another host."""
        inside = ("data", "blob", "about")
        parts = [(url, urlsplit(url)) for url in self.asked]
        return [url for url, at in parts if at.scheme not in inside and at.netloc not in self.hosts]

    @property
    def unexpected(self) -> list[str]:
        return [said for said in self.complaints if not any(part in said for part in self.expected)]

    def findings(self, *places: str, without: tuple[str, ...] = ()) -> list[str]:
        """What axe-core finds serious or critical: in ``places`` (CSS), or on the whole page.

        ``without``: rules that are not asked about.
        """
        self.page.evaluate(_axe())
        found = self.page.evaluate(_RUN_AXE, [list(places) or None, list(without), list(_TAGS)])
        return [json.dumps(one, indent=1) for one in found if one["impact"] in _SERIOUS]


OpenTab = Callable[..., Tab]


@cache
def _axe() -> str:
    # Run by the driver, so that the page's Content-Security-Policy has no say.
    return AXE.read_text(encoding="utf-8")
