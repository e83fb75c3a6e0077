"""What the pages of all films share, and what is shown of one of them: no HTTP in here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from screentest.client.studio.film.judging import (
    Judged,
    holds,
    judged,
    of_segment,
    with_known_eyes,
)
from screentest.client.studio.film.memory import ScanMemory
from screentest.client.studio.film.people import People
from screentest.client.studio.film.pictures import FilmPictures
from screentest.client.studio.film.playing import media_type
from screentest.client.studio.film.proxies import Proxies
from screentest.client.studio.film.timeline import timeline_of
from screentest.client.studio.shelf.film import Film
from screentest.prep.clipping.warnings import own_warnings
from screentest.prep.core.encoding import Json
from screentest.prep.core.errors import PickError
from screentest.prep.core.spec import ClipSpec
from screentest.prep.core.values import Clip, Scan, Segment
from screentest.prep.picking.pick import pick


class Desk:
    """``home``: the studio's. ``is_over``: whether the studio is closing."""

    def __init__(self, home: Path, *, is_over: Callable[[], bool]) -> None:
        self.memory = ScanMemory(home / "scans")
        self.people = People(home / "studio" / "people", self.memory, is_over=is_over)
        self.pictures = FilmPictures(home)
        self.proxies = Proxies(home / "studio" / "proxies", is_over=is_over)

    def still(self, film: Film, clip: Clip, spec: ClipSpec) -> Path:
        """The picture that stands for a film's clip. Raises NotFound where the clip is gone."""
        return self.pictures.of_clip(clip, scan=partial(self._scan, film, spec))

    def timeline(self, film: Film, spec: ClipSpec) -> Json | None:
        """What the timeline is drawn from; None before the film was looked at."""
        scan = self._scan(film, spec)
        if scan is None:
            return None
        cast = self.people.of(scan.source)
        found = cast.found if cast else None
        picked = _picked(scan, film, spec)
        return timeline_of(scan, film.segment, spec=spec, picked=picked, cast=found)

    def judged(self, film: Film, spec: ClipSpec, *, start_s: float, length_s: float) -> Judged | None:
        """The window as it would be judged, at once; None before the film is known."""
        if film.source is None:
            return None
        now = self.judged_now(film, spec)
        if now is not None and _is_same(now, start_s, length_s):
            return now
        scan = self._scan(film, spec)
        first = judged(film.source, start_s=start_s, length_s=length_s, spec=spec, kept=scan)
        if first.refusal is not None:
            return first
        known = self.memory.known_closely(
            film.source, spec, start_s=first.start_s, length_s=first.length_s
        )
        return known or first

    def looked_closely(
        self, film: Film, spec: ClipSpec, *, start_s: float, length_s: float
    ) -> Judged | None:
        """The window after a close look, which takes a second or so. Raises what looking raises."""
        first = self.judged(film, spec, start_s=start_s, length_s=length_s)
        if first is None or film.source is None or first.refusal or first.looked == "closely":
            return first
        return self.memory.close_look(film.source, spec, start_s=first.start_s, length_s=first.length_s)

    def judged_now(self, film: Film, spec: ClipSpec) -> Judged | None:
        """The window of the clip as it was made, None before there is one."""
        made, scan = film.made, self._scan(film, spec)
        if made is None:
            return None
        segment = made.clip.segment
        if scan is None or not holds(scan, segment.start_s, segment.length_s):
            known = self.memory.known_closely(
                made.source, spec, start_s=segment.start_s, length_s=segment.length_s
            )
            told = Judged(
                segment.start_s,
                segment.length_s,
                "closely",
                segment.score,
                segment.subject,
                segment.reasons,
            )
            found = replace(known, score=segment.score) if known else told
        else:
            looked = with_known_eyes(scan, segment.start_s, segment.length_s)
            found = of_segment(segment, looked, looked_at="closely")
        return replace(
            found, warnings=tuple(dict.fromkeys((*found.warnings, *own_warnings(made.clip))))
        )

    def state(self, film: Film, spec: ClipSpec) -> Json:
        """All that the page shows of a film besides its timeline and its form."""
        made, decision, now = film.made, film.decision, self.judged_now(film, spec)
        return {
            "key": film.key,
            "state": film.state,
            "is_looking": film.is_looking,
            "model": film.model,
            "window": now.json() if now else None,
            "fault": None
            if film.fault is None
            else {"message": film.fault.message, "hint": film.fault.hint},
            "clip": None if made is None else made.clip.sha256,
            "clip_px": None if made is None else [made.clip.width_px, made.clip.height_px],
            "rules": []
            if made is None
            else [
                {"rule": one.rule, "found": one.found, "wanted": one.wanted, "ok": one.ok}
                for one in made.report.rules
            ],
            "decided": dict(decision.said) if decision else {},
            "can_undo": decision is not None,
        }

    def playing(self, film: Film, *, proxied: bool = False) -> Json:
        """How the footage is played. ``proxied``: the browser could not play it as it is."""
        source = film.source
        if source is None:
            fault = film.fault.message if film.fault else ""
            return {"is_ready": False, "is_proxy": False, "share": 0.0, "fault": fault}
        if media_type(source) is not None and not proxied:
            return {"is_ready": True, "is_proxy": False, "share": 1.0, "fault": ""}
        proxy = self.proxies.of(source)
        return {
            "is_ready": proxy.path is not None,
            "is_proxy": True,
            "share": round(proxy.share, 3),
            "fault": proxy.fault,
        }

    def _scan(self, film: Film, spec: ClipSpec) -> Scan | None:
        return self.memory.scan(film.source, spec) if film.source is not None else None


def _picked(scan: Scan, film: Film, spec: ClipSpec) -> Segment | None:
    """What would be picked with no window decided: what the clip is made of, else picked again."""
    decision = film.decision
    if film.segment is not None and film.segment.alternatives:
        return film.segment
    if decision is not None and decision.person is not None:
        return film.segment
    try:
        return pick(scan, spec=spec)
    except PickError:
        return None


def _is_same(one: Judged, start_s: float, length_s: float) -> bool:
    return abs(one.start_s - start_s) <= 1e-3 and abs(one.length_s - length_s) <= 1e-3
