"""Characters sent with a video: what the service gets, what it costs, what is refused before."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import cv2
import numpy as np
import pytest

from screentest.client.errors import (
    ConfigError,
    CostTooHigh,
    PromptProblem,
)
from screentest.client.registry.identity import Wish
from screentest.client.registry.records import Registration
from screentest.client.tasks.session import Session
from screentest.client.videos.make import make, quote
from screentest.client.videos.plan import planned
from screentest.prep.core.files import sha256_of
from screentest.prep.stills.values import Still
from tests.integration.inline_parts import WAN, Cast, made_of, ordered
from tests.integration.register_parts import Watched, keys_in
from tests.integration.sandbox_parts import Sandbox
from tests.lossy_relay import Relay
from tests.registry_parts import CLIP, WISH, brought

pytest_plugins = ["tests.integration.register_fixtures"]

PRIME = "alibaba/wan-3.0-prime/reference-to-video"
V4 = "kwaivgi/kling-v4.0/reference-to-video"
Journal = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def bodies(sandbox: Sandbox) -> Journal:
    """The bodies of the videos that this test submitted."""

    def lines() -> list[dict[str, Any]]:
        text = (sandbox.data / "journal.jsonl").read_text()
        return [json.loads(line) for line in text.splitlines()]

    def submits() -> list[dict[str, Any]]:
        found = [one for one in lines() if one["path"].endswith("-to-video")]
        return [one["body"] for one in found]

    before = len(submits())
    return lambda: submits()[before:]


def with_stills(session: Session, name: str, count: int, model: str = WAN) -> Registration:
    """A registration by images at the model, of a character that has no clip."""
    folder = session.settings.home / "stills"
    folder.mkdir(mode=0o700, exist_ok=True)
    made = []
    for number in range(count):
        path = folder / f"{name}-{number}.png"
        grey = 40 + 20 * number + len(name)
        cv2.imwrite(str(path), np.full((400, 400, 3), grey, np.uint8))
        sha256, size = sha256_of(path), path.stat().st_size
        made.append(Still(str(path), "view", 0.0, None, None, 400, 400, 1.0, "/raw", sha256, size))
    ledger, settings = session.registry.registrations, session.settings
    wish = Wish(settings.service, settings.account, model, name, "/raw.mov", name, {})
    return ledger.mark_kept(ledger.mark_with_stills(ledger.record_wish(wish), made))


def objects_in(urls: list[str]) -> list[str]:
    """The last part of each URL's path, without the identity."""
    names = [urlsplit(url).path.rpartition("/")[2] for url in urls]
    return [re.sub(r"^[0-9a-f]{32}", "", name) for name in names]


# What is sent


@pytest.mark.parametrize(("model", "usd"), [(WAN, 0.6), (PRIME, 0.9)])
def test_wan_gets_the_kept_clip_and_the_video_is_priced_with_it(
    session: Session, cast: Cast, bodies: Journal, tmp_path: Path, model: str, usd: float
) -> None:
    joe = cast("Joe")
    order = ordered("Joe waves", "Joe", model=model, out=tmp_path / "joe.mp4")
    quoted = quote(planned(order, session.registry, session.settings), session)
    # 4 s of video and 2 s of clip, by the second of both.
    assert (quoted.wish.cost_usd, quoted.plan.reference_s) == (usd, 2.0)
    done = make(quoted, session)
    [body] = bodies()
    urls = body.pop("reference_videos")
    assert body == {
        "prompt": order.prompt.replace("Joe", "Joe (Video 1)"),
        "resolution": "720p",
        "aspect_ratio": "16:9",
        "duration": 4,
    }
    assert objects_in(urls) == ["-1.mp4"]
    assert joe.clip
    assert done.record.inputs == {**body, "reference_videos": [joe.clip.sha256]}
    assert [(one.name, one.character) for one in done.record.shows] == [("Joe", joe.character)]
    assert (tmp_path / "joe.mp4").is_file()
    assert not any("/images/" in key for key in keys_in(session.settings))
    [row] = [one for one in session.registry.registrations.list_all() if one.model == model]
    assert (row.state, row.cost_usd, row.task_id) == ("done", None, None)


def test_wan_gets_two_characters_each_in_its_own_way_and_the_prompt_says_where(
    session: Session, cast: Cast, bodies: Journal, tmp_path: Path
) -> None:
    cast("Joe")
    rex = with_stills(session, "Rex", 2)
    max_ = with_stills(session, "Max", 1)
    order = ordered(
        "Rex, Joe and Max run", "Rex", "Joe", "Max", model=WAN, size="480p", out=tmp_path / "run.mp4"
    )
    done = made_of(order, session)
    [body] = bodies()
    assert body["prompt"].startswith("Rex (Image 1), Joe (Video 1) and Max (Image 3) run")
    assert body["resolution"] == "480p"
    assert objects_in(body["reference_videos"]) == ["-1.mp4"]
    assert objects_in(body["reference_images"]) == ["-2.png", "-3.png", "-4.png"]
    hashes = [one.sha256 for one in (*rex.stills, *max_.stills)]
    assert done.record.inputs["reference_images"] == hashes
    # Stills have no seconds: 4 s of video and 2 s of clip at 480p.
    assert done.record.cost_usd == pytest.approx(0.3)


def test_kling_v4_is_refused_unless_its_fields_may_be_assumed(
    session: Session, cast: Cast, relay: Relay
) -> None:
    cast("Joe")
    order = ordered("Joe waves", "Joe", model=V4, duration_s=3)
    with pytest.raises(ConfigError, match="assumed"):
        planned(order, session.registry, session.settings)
    plan = planned(replace(order, unverified=True), session.registry, session.settings)
    assert plan.inputs()["prompt"] == order.prompt.replace("Joe", "@Video1")
    assert not relay.videos


def test_the_name_of_a_character_that_only_another_model_knows_gets_it_shown_inline(
    session: Session, cast: Cast
) -> None:
    cast("Joe")
    plan = planned(ordered("Joe waves", "Joe"), session.registry, session.settings)
    assert plan.model.model_id == WAN
    order = ordered("Joe waves", "Joe", model="openai/sora-2/text-to-video")
    with pytest.raises(ConfigError) as caught:
        planned(order, session.registry, session.settings)
    remedies = [(one.kind, one.values) for one in caught.value.remedies]
    assert ("register_at", ("Joe", "openai/sora-2/characters")) in remedies


# Limits, before anything is made or uploaded


def lengths(cast: Cast, session: Session, *seconds: float) -> tuple[str, ...]:
    """Characters with clips of these lengths at Wan, which are not looked at before they are sent."""
    settings = session.settings
    names = []
    for number, length_s in enumerate(seconds, start=1):
        clip = replace(
            CLIP, sha256=f"{number:064x}", fps=Fraction(24), frames=round(length_s * 24), model=WAN
        )
        ledger = session.registry.registrations
        name = f"A{number}"
        wish = Wish(settings.service, settings.account, WAN, name, "/raw.mov", name, {})
        ledger.mark_kept(ledger.mark_clipped(ledger.record_wish(wish), clip))
        names.append(name)
    return tuple(names)


@pytest.mark.parametrize(
    ("seconds", "duration_s", "said"),
    [
        ((3.0, 3.0, 3.0, 3.0, 3.0), 15, None),
        ((3.0, 3.0, 3.0, 3.0, 3.5), 4, "15.5 s long together"),
        ((15.0,), 15, None),
        ((15.0,), 16, "15 s of clips and 16 s of video are too long together"),
        ((4.0,), 26, None),
        ((4.0,), 27, "too long together"),
        ((1.0,) * 6, 4, "6 characters are too many"),
        ((4.0,), 1, "makes no videos of 1 s"),
    ],
)
def test_limits_hold_at_their_edges_before_anything_is_made(
    session: Session,
    cast: Cast,
    relay: Relay,
    seconds: tuple[float, ...],
    duration_s: int,
    said: str | None,
) -> None:
    names = lengths(cast, session, *seconds)
    order = ordered(" and ".join(names), *names, model=WAN, duration_s=duration_s)
    if said is None:
        plan = planned(order, session.registry, session.settings)
        assert plan.cost_usd == pytest.approx(0.1 * (duration_s + sum(seconds)))
        return
    with pytest.raises(ConfigError, match=said):
        planned(order, session.registry, session.settings)
    assert (relay.videos, keys_in(session.settings)) == (0, set())


def test_stills_of_all_together_stay_within_what_the_model_takes(session: Session) -> None:
    names = ("Ann", "Bob", "Cyd", "Dee")
    for name in names:
        with_stills(session, name, 5)
    order = ordered(", ".join(names), *names, model=WAN)
    plan = planned(order, session.registry, session.settings)
    assert [len(one.files) for one in plan.cast] == [2, 2, 2, 2]
    assert str(plan.inputs()["prompt"]).startswith(
        "Ann (Image 1), Bob (Image 3), Cyd (Image 5), Dee (Image 7)"
    )


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("Joe", "Joe"), "'Joe' is named twice"),
        (("Joe", "Zed"), "No character 'Zed'"),
    ],
)
def test_who_cannot_be_told_apart_or_found_is_refused(
    session: Session, cast: Cast, names: tuple[str, ...], said: str
) -> None:
    cast("Joe")
    order = ordered("Joe and Zed wave", *names, model=WAN)
    with pytest.raises(Exception, match=said):
        planned(order, session.registry, session.settings)


def test_a_price_above_the_limit_counts_the_reference_and_uploads_nothing(
    session: Session, cast: Cast, relay: Relay
) -> None:
    cast("Joe")
    session = replace(session, watcher=(watched := Watched()))
    order = ordered("Joe waves", "Joe", model=WAN, max_cost_usd=0.5)
    before = session.registry.registrations.list_all()
    with pytest.raises(CostTooHigh, match=r"without references costs USD 0\.4"):
        made_of(replace(order, max_cost_usd=0.39), session)
    assert (session.registry.registrations.list_all(), watched.warnings) == (before, [])
    with pytest.raises(CostTooHigh, match=r"0\.6"):
        made_of(order, session)
    assert (relay.videos, keys_in(session.settings)) == (0, set())
    # What its owner should know is said once, when the clip is kept for the model.
    assert sum("Joe: The clip shows a human face" in one for one in watched.warnings) == 1
    watched.warnings.clear()
    assert quote(
        planned(replace(order, max_cost_usd=0.6), session.registry, session.settings), session
    ).wish.cost_usd == pytest.approx(0.6)
    assert watched.warnings == []


def test_a_prompt_names_the_registration_that_is_really_sent(
    session: Session, cast: Cast, relay: Relay
) -> None:
    joe = cast("Joe")
    done = replace(WISH, service="elsewhere", character_no=joe.character_no)
    brought(session.registry, "done", wish=done)
    newer = replace(done, name="joe", source_path=joe.source_path)
    newer = replace(newer, source_fingerprint=joe.source_fingerprint)
    brought(session.registry, "planned", wish=newer)
    order = ordered("Joe waves", "Joe", model=WAN)
    with pytest.raises(PromptProblem, match="'joe'"):
        made_of(order, session)
    assert (relay.videos, session.registry.videos.list_all()) == (0, ())


def test_a_clip_that_changed_since_the_price_was_asked_is_not_sent(
    session: Session, cast: Cast, relay: Relay, tmp_path: Path
) -> None:
    row = cast("Joe")
    order = ordered("Joe waves", "Joe", model=WAN, out=tmp_path / "joe.mp4")
    quoted = quote(planned(order, session.registry, session.settings), session)
    assert row.clip
    Path(row.clip.path).write_bytes(b"somebody else")
    with pytest.raises(ConfigError, match="was changed"):
        make(quoted, session)
    assert (relay.videos, keys_in(session.settings)) == (0, set())
