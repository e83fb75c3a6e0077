"""What was said wins over what is decided, and that over defaults; what differs later is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from screentest.client.characters.choosing.decided import decided, said_in
from screentest.client.characters.choosing.differing import difference
from screentest.client.characters.order import Order, wish_at
from screentest.client.registry.decisions import Decision
from screentest.client.registry.identity import Wish
from screentest.client.registry.records import Registration
from screentest.prep.core.values import Segment
from screentest.prep.core.wishes import NO_WISHES, Wishes
from tests.made_up import source
from tests.registry_parts import CLIP
from tests.unit.client.cli.output.made_up import a_record

WINDOW = Decision(start_s=5.0, length_s=4.0)


def said(*names: str, **wishes: Any) -> Order:
    """An order whose command line says these; what else it holds are settings."""
    return Order("/ann.mov", "ann", wishes=Wishes(**wishes), said=frozenset(names))


@pytest.mark.parametrize(
    ("order", "decision", "wishes"),
    [
        (said(), WINDOW, Wishes(start_s=5.0, length_s=4.0)),
        (said("start_s", start_s=1.0), WINDOW, Wishes(start_s=1.0)),
        (said("start_s", start_s=1.0), Decision(length_s=3.0), Wishes(start_s=1.0, length_s=3.0)),
        (said("length_s", length_s=2.0), WINDOW, Wishes(start_s=5.0, length_s=2.0)),
        (said(length_s=2.0), WINDOW, Wishes(start_s=5.0, length_s=4.0)),
        (said("person", person=2), WINDOW, Wishes(person=2)),
        (said("match", match="joe.jpg"), WINDOW, Wishes(match="joe.jpg")),
        (said("subject", subject="face"), WINDOW, Wishes(subject="face")),
        (
            said("subject", subject="animal"),
            WINDOW,
            Wishes(subject="animal", start_s=5.0, length_s=4.0),
        ),
        # Defaults that a window or a person rules out give way.
        (said(person=2, subject="face"), Decision(start_s=5.0), Wishes(start_s=5.0)),
        (said(start_s=1.0, match="joe.jpg"), Decision(person=3), Wishes(person=3)),
        (said(), Decision(start_s=5.0, person=3), Wishes(start_s=5.0)),
        (said(), Decision(person=3), Wishes(person=3)),
        (said("person", person=2), Decision(person=3, length_s=3.0), Wishes(person=2, length_s=3.0)),
        (said("start_s", start_s=1.0), Decision(person=3), Wishes(start_s=1.0)),
        (said("subject", subject="other"), Decision(person=3), Wishes(subject="other")),
        (
            said("subject", subject="person"),
            Decision(person=3),
            Wishes(subject="person", person=3),
        ),
        (said(), Decision(fit="crop"), Wishes(fit="crop")),
        (said("fit"), Decision(fit="crop"), NO_WISHES),
        (said(fit="auto"), Decision(fit="crop"), Wishes(fit="crop")),
        (said("orientation", orientation="landscape"), Decision(orientation="portrait"),
         Wishes(orientation="landscape")),
        (said(audio_track=2), Decision(audio="remove"), Wishes(audio="remove")),
        (said("audio_track", audio_track=2), Decision(audio="remove"), Wishes(audio_track=2)),
        (said(), Decision(skip=True, note="no", approved=True), NO_WISHES),
    ],
)  # fmt: skip
def test_what_was_said_wins_over_what_is_decided_and_that_over_defaults(
    order: Order, decision: Decision, wishes: Wishes
) -> None:
    made = decided(order, decision)
    assert made.wishes == wishes
    assert made.undecided == order
    made.wishes.require_possible(None)
    assert decided(made, decision) == made, "a decision is not laid on another one"
    assert decided(made, None).wishes == order.wishes, "undone, the order is as it was"


def test_a_name_that_the_user_gave_wins_then_the_decided_one_then_the_files() -> None:
    decision = Decision(name="Joe", description="in red", consent="signed")
    assert decided(said(), decision).description == "", "its model takes none"
    of_file = decided(replace(said(), model="kwaivgi/kling-elements-advanced"), decision)
    assert (of_file.name, of_file.description, of_file.consent) == ("Joe", "in red", "signed")
    assert decided(said("name"), decision).name == "ann"
    assert decided(said(), Decision()).name == "ann"


def test_from_python_what_is_not_as_by_default_was_said() -> None:
    order = Order("/ann.mov", "Ann", wishes=Wishes(fit="crop", person=2), consent="signed")
    assert said_in(order) == {"name", "fit", "person", "consent"}
    assert decided(order, Decision(name="Joe", fit="auto", start_s=5.0)) == order


def wish(order: Order, decision: Decision | None) -> Wish:
    return wish_at("s", "a", decided(order, decision), source(path="/ann.mov", fingerprint="f00d"))


def test_an_order_is_the_same_thing_whatever_is_decided() -> None:
    plain = said("fit", fit="crop")
    alone = wish_at("s", "a", plain, source(path="/ann.mov", fingerprint="f00d"))
    for decision in (None, Decision(), WINDOW, Decision(name="Joe"), Decision(description="in red")):
        assert wish(plain, decision).identity == alone.identity
    assert wish(plain, None).asked is None
    assert wish(plain, WINDOW).asked is not None
    other = wish(said("fit", "start_s", fit="crop", start_s=5.0), Decision(length_s=4.0))
    assert other.identity != alone.identity, "a start that is said is another order"


def row(made: Decision | None, *, segment: Segment = CLIP.segment, **more: Any) -> Registration:
    asked = wish(said(), made)
    known = a_record(state="done", clip=replace(CLIP, segment=segment))
    return replace(known, name=asked.name, overrides=dict(asked.overrides), asked=asked.asked, **more)


@pytest.mark.parametrize(
    ("made", "now", "told"),
    [
        (None, WINDOW,
         "'ann' is registered with 0:08.00 to 0:12.00; decided since: 0:05.00 to 0:09.00."),
        (None, Decision(start_s=8.001, length_s=3.98), None),  # agreed to what was picked
        (None, None, None),
        (WINDOW, WINDOW, None),
        (WINDOW, None, "'ann' is registered with 0:08.00 to 0:12.00; that is not decided any more."),
        (None, Decision(fit="crop"),
         "'ann' is registered with the fit pad; decided since: the fit crop."),
        (Decision(person=2), Decision(person=3),
         "'ann' is registered with person 2; decided since: person 3."),
        (Decision(name="Jim"), Decision(name="Joe"),
         "'Jim' is registered with the name 'Jim'; decided since: the name 'Joe'."),
        (None, Decision(audio="remove", orientation="portrait"),
         "'ann' is registered with the footage's orientation and its sound as by default; "
         "decided since: portrait orientation and no sound."),
    ],
)  # fmt: skip
def test_who_decides_otherwise_after_a_registration_is_told_in_what(
    made: Decision | None, now: Decision | None, told: str | None
) -> None:
    found = difference(row(made), wish(said(), now))
    assert (found.said if found else None) == told
    assert found is None or [remedy.kind for remedy in found.remedies] == ["again"]


def test_a_skip_is_told_of_what_is_registered_and_nothing_is_offered() -> None:
    found = difference(row(None), wish(said(), Decision(skip=True)), skip=True)
    assert found is not None
    assert (found.said, found.remedies) == (
        "'ann' is registered; its footage is decided to be skipped since.",
        (),
    )
