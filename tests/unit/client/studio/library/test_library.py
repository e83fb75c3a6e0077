"""What the pages of characters show: who is there, what was spent when, what may still be ordered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from html import unescape
from pathlib import Path

import pytest

from screentest.client.registry.videos import ShownCharacter, Video
from screentest.client.studio.library.choices import proposed
from screentest.client.studio.library.files import recorded
from screentest.client.studio.library.known import (
    everyone,
    likenesses,
    matching,
    money,
)
from screentest.client.studio.library.offers import Offer, Standing, stamp_of, standing
from screentest.client.studio.library.settling import left_open
from screentest.client.studio.server.templates import environment
from screentest.client.tasks.spending import spent, total_usd
from screentest.prep.core.errors import NotFound
from screentest.prep.core.files import sha256_of
from tests.registry_parts import (
    FILE_NAME,
    VIDEO_WISH,
    WISH,
    Registry,
    brought,
    deleted,
    noted,
    spent_usd,
    video_brought,
)

MORNING = datetime(2026, 10, 31, 23, 30, tzinfo=UTC)


class Clock:
    now = MORNING


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def registry(tmp_path: Path, clock: Clock) -> Iterator[Registry]:
    with Registry(tmp_path / FILE_NAME, now=lambda: clock.now) as registry:
        yield registry


def a_video(registry: Registry, to: str, number: int, **said: object) -> Video:
    inputs = {"prompt": "Joe waves.", "take": number}
    return video_brought(registry, to, wish=replace(VIDEO_WISH, inputs=inputs, **said), number=number)  # type: ignore[arg-type]


def test_every_month_sums_to_what_was_spent_tombstones_included_and_the_sandbox_apart(
    registry: Registry, clock: Clock
) -> None:
    gone = deleted(registry, brought(registry, "done", number=1))
    brought(registry, "failed", wish=replace(WISH, name="Ann", source_fingerprint="a"), number=2)
    a_video(registry, "done", 3, cost_usd=0.4)
    clock.now += timedelta(days=20)
    brought(registry, "done", wish=replace(WISH, name="Bo", source_fingerprint="b"), number=4)
    free = replace(WISH, service="sandbox", name="Cy", source_fingerprint="c")
    brought(registry, "done", wish=free, number=5)
    a_video(registry, "submitted", 6, cost_usd=1.25)
    a_video(registry, "failed", 7, cost_usd=9.0)
    a_video(registry, "done", 8, cost_usd=9.0, service="sandbox")

    rows, videos = registry.registrations.list_all(deleted=True), registry.videos.list_all()
    november, october = spent(rows, videos, zone=UTC)
    assert (october.name, october.registrations, october.videos) == ("2026-10", 1, 1)
    assert october.usd == pytest.approx((gone.cost_usd or 0) + 0.4)
    assert (november.name, november.registrations, november.videos) == ("2026-11", 1, 1)
    assert november.usd == pytest.approx(1.251)
    assert november.free == 2
    assert november.free_usd == pytest.approx(9.0 + (gone.cost_usd or 0))
    assert october.free_usd == 0.0
    assert total_usd([november, october]) == pytest.approx(spent_usd(registry))

    berlin = timezone(timedelta(hours=1))
    assert [one.name for one in spent(rows, videos, zone=berlin)] == ["2026-11"]


def test_a_character_has_all_its_registrations_videos_and_costs(registry: Registry) -> None:
    first = brought(registry, "done", number=1)
    brought(registry, "submitted", wish=replace(WISH, model="kwaivgi/kling-elements-o3"), number=2)
    noted(registry, first, "Joe agreed on paper")
    shows = (ShownCharacter("Joe", first.character, first.identity),)
    video = a_video(registry, "done", 3, shows=shows)
    ann = brought(registry, "planned", wish=replace(WISH, name="Ann", source_fingerprint="a"))

    known = everyone(registry.registrations.list_all(deleted=True), registry.videos.list_all())
    assert [one.name for one in known] == ["Ann", "Joe"]
    joe = known[1]
    assert (joe.current.row_id, joe.asked_by, joe.consent) == (1, "char_1", "Joe agreed on paper")
    assert [one.row_id for one in joe.videos] == [video.row_id]
    assert joe.cost_usd == pytest.approx(0.002 + VIDEO_WISH.cost_usd)
    assert joe.is_open
    assert known[0].asked_by == ann.identity
    assert known[0].pictured is None

    assert [one.name for one in matching(known, "PAPER joe")] == ["Joe"]
    assert [one.name for one in matching(known, "char_1")] == ["Joe"]
    assert matching(known, "ann paper") == ()
    assert len(matching(known, " ")) == 2


def test_one_whose_registrations_are_all_deleted_is_not_shown_and_still_counts(
    registry: Registry,
) -> None:
    again = brought(registry, "done", number=2)
    deleted(registry, brought(registry, "done", number=1))
    (known,) = everyone(registry.registrations.list_all(deleted=True), ())
    assert (len(known.rows), len(known.gone)) == (1, 1)
    assert known.cost_usd == pytest.approx(0.002)
    deleted(registry, again)
    rows = registry.registrations.list_all(deleted=True)
    assert everyone(rows, ()) == ()
    assert total_usd(spent(rows, ())) == pytest.approx(0.002)


def test_what_may_have_been_paid_is_left_open_lost_submits_first(registry: Registry) -> None:
    for number, state in enumerate(("planned", "submitted", "unknown", "submitting", "done", "failed")):
        wish = replace(WISH, name=state, source_fingerprint=state)
        brought(registry, state, wish=wish, number=number)
    video = a_video(registry, "unknown", 9)
    rows = registry.registrations.list_unfinished()
    found = left_open(rows, registry.videos.list_unfinished())
    assert [one.called for one in found] == ["unknown", "submitting", video.prompt, "submitted"]
    assert [one.can_be_decided for one in found] == [True, True, True, False]


OFFER = Offer("order", "5.failed", 0.4, "4 s")


@pytest.mark.parametrize(
    ("changes", "ruling"),
    [
        ({}, "stands"),
        ({"usd": 0.3}, "stands"),
        ({"usd": 0.41}, "dearer"),
        ({"usd": 0.41, "is_paid": True}, "stands"),
        ({"stamp": "6.submitted"}, "spent"),
        ({"stamp": "5.submitted", "is_paid": True}, "spent"),
        ({"identity": "another"}, "changed"),
    ],
)
def test_only_what_was_agreed_to_is_ordered(changes: dict[str, object], ruling: Standing) -> None:
    assert standing(OFFER, replace(OFFER, **changes)) == ruling  # type: ignore[arg-type]


def test_whatever_is_recorded_of_an_order_spends_its_offer(registry: Registry) -> None:
    row = video_brought(registry, "planned")
    stamps = ["", stamp_of(row.identity, registry.videos.list_all())]
    for to in ("submitting", "submitted"):
        row = (
            registry.videos.mark_submitting(row)
            if to == "submitting"
            else registry.videos.mark_submitted(row, task_id="t", cost_usd=0.4)
        )
        stamps.append(stamp_of(row.identity, registry.videos.list_all()))
    registry.videos.mark_done(row, path="/o.mp4", sha256="ab" * 32, has_nsfw=False)
    stamps.append(stamp_of(row.identity, registry.videos.list_all()))
    again = video_brought(registry, "planned")
    stamps.append(stamp_of(again.identity, registry.videos.list_all()))
    assert len(set(stamps)) == len(stamps)
    assert stamp_of("another", registry.videos.list_all()) == ""


def test_a_file_is_shown_only_while_it_is_what_was_recorded(tmp_path: Path) -> None:
    file = tmp_path / "clip.mp4"
    file.write_bytes(b"the clip")
    sha256 = sha256_of(file)
    assert recorded(str(file), sha256) == file
    for path, said in (
        (str(file), "ab" * 32),
        (str(file), None),
        (None, sha256),
        ("/etc/passwd", sha256),
    ):
        with pytest.raises(NotFound):
            recorded(str(path) if path else None, said)
    file.write_bytes(b"another clip")
    with pytest.raises(NotFound):
        recorded(str(file), sha256)


def test_likeness_is_told_in_words(registry: Registry) -> None:
    video = a_video(registry, "done", 1)
    assert likenesses(video) == ()
    found = {
        "Joe": {"verdict": "same", "share": 0.97},
        "Ann": {"verdict": "no face", "share": None},
        "Rex": {"verdict": "unsure", "share": None},
    }
    words = likenesses(replace(video, likeness=found))
    assert words[0] == (
        "Joe",
        "same",
        "the same person; alike in 97 % of the moments that show a face",
    )
    assert [one[2] for one in words[1:]] == [
        "no face shows in the video",
        "cannot be told: no human face",
    ]


def test_the_prompt_is_put_right_where_a_name_is_missing() -> None:
    assert proposed("joe waves", ["Joe"]) == "Joe waves"
    assert proposed("Joe waves", ["Joe"]) == ""
    assert proposed(" ", ["Joe"]) == ""


@pytest.mark.parametrize(
    ("amount", "words"),
    [(0.0, "0.00"), (0.001, "0.001"), (0.4, "0.40"), (12.5, "12.50"), (1.25, "1.25")],
)
def test_money_has_two_decimals_or_more_where_it_has_more(amount: float, words: str) -> None:
    assert money(amount) == words


def test_a_prompt_is_filled_in_letter_by_letter_whatever_it_holds() -> None:
    """Shown as an escape it would lack the name that it is about."""
    name = 'Jo\u200de\u200f "O\'Hara"'
    template = environment().get_template("parts/prompt.html")
    text = unescape(template.render(names=[name], better=f"{name} walks in"))
    assert f'data-text="{name} walks in"' in text
    assert "Jo\u200de\\u200f" in text, "what nobody sees is shown, a joiner joins"


def test_names_and_notes_are_escaped_on_the_cards(registry: Registry) -> None:
    evil = '<script>alert(1)</script>"'
    row = brought(registry, "done", wish=replace(WISH, name=evil))
    noted(registry, row, evil)
    known = everyone(registry.registrations.list_all(), ())
    template = environment().get_template("parts/characters.html")
    text = template.render(known=known, total=1, search="")
    assert "<script" not in text
    assert "&lt;script&gt;" in text
