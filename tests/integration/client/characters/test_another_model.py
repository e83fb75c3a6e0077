"""A character that is registered goes to another model: from the same window, and paid for once."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from screentest import KLING_ELEMENTS, check
from screentest.client.characters.known import Meant, meant, starts
from screentest.client.characters.order import model_for
from screentest.client.characters.register import Order, rehearse
from screentest.client.config import Settings
from screentest.client.errors import NameTaken, SeveralMeant, UnknownCharacter
from screentest.client.registry.registry import FILE_NAME, Registry
from screentest.prep.core.errors import ConfigError
from screentest.prep.core.values import Segment
from screentest.prep.core.wishes import Wishes
from tests.conftest import Command
from tests.integration.register_parts import Watched, keys_in, recorded, run
from tests.lossy_relay import Relay
from tests.made_up import source

pytest_plugins = ["tests.integration.sandbox_fixtures", "tests.integration.register_fixtures"]

KLING = "kwaivgi/kling-elements-advanced"
WAN = "alibaba/wan-3.0/reference-to-video"


def for_kling(order: Order, **more: object) -> Order:
    """The same character at another model, whose name is all that is said of it."""
    return Order(character=order.name, model=KLING, description="A man.", **more)  # type: ignore[arg-type]


def moved(settings: Settings, order: Order, to: Path) -> Path:
    """A copy of the footage that the registry then knows the character from."""
    copy = Path(shutil.copy(Path(order.footage), to / "raw.mp4"))
    with Registry(settings.home / FILE_NAME) as registry:
        registry.database.run("UPDATE registrations SET source_path = ?", str(copy))
    return copy


@pytest.mark.slow
def test_the_same_window_is_lengthened_for_the_other_model_and_paid_for_once(
    order: Order, settings: Settings
) -> None:
    first = run(order, settings)
    assert first.segment is not None
    assert (first.segment.start_s, first.segment.length_s) == (1.0, 2.0)
    forecast = rehearse(for_kling(order), settings.home, service=settings.service)
    assert forecast.name == order.name
    second = run(for_kling(order), settings)
    segment = second.segment
    assert segment is not None
    assert second.clip is not None
    assert (segment.length_s, second.name) == (3.0, order.name)
    assert segment.start_s <= 1.0
    assert segment.start_s + segment.length_s >= 3.0
    assert check(second.clip, spec=KLING_ELEMENTS).ok
    with Registry(settings.home / FILE_NAME) as registry:
        assert len(registry.characters.list_all()) == 1
        assert [row.model for row in registry.registrations.list_all()] == [first.model, KLING]
    again = run(for_kling(order), settings)
    assert (again.submitted, again.character_id) == (False, second.character_id)


@pytest.mark.slow
def test_the_other_registration_needs_no_footage_once_it_is_made(
    order: Order, settings: Settings, tmp_path: Path
) -> None:
    done = run(order, settings)
    footage = moved(settings, order, tmp_path)
    footage.unlink()
    same = run(Order(character=order.name), settings)
    assert (same.submitted, same.character_id) == (False, done.character_id)
    with pytest.raises(ConfigError, match="is gone") as gone:
        run(for_kling(order), settings)
    assert [way.kind for way in gone.value.remedies] == ["register_again", "by_hand"]
    assert str(done.clip) in gone.value.hint


def test_an_interrupted_one_is_gone_on_with_and_not_begun_again(
    order: Order, settings: Settings
) -> None:
    run(order, settings)
    with pytest.raises(KeyboardInterrupt):
        run(for_kling(order), settings, watcher=Watched("submit"))
    begun = recorded(settings)
    assert begun.state == "uploaded"
    done = run(Order(character=order.name, model=KLING), settings)
    assert (done.row_id, done.submitted) == (begun.row_id, True)


def test_a_description_that_was_refused_is_put_right_by_another(
    order: Order, settings: Settings
) -> None:
    run(order, settings)
    with pytest.raises(KeyboardInterrupt):
        run(for_kling(order), settings, watcher=Watched("submit"))
    asked = replace(for_kling(order), description="A man in a coat.")
    with Registry(settings.home / FILE_NAME) as registry:
        found = meant(
            asked,
            registry,
            model_for(asked),
            service=settings.service,
            account=settings.account,
            scans=settings.home / "scans",
            watcher=Watched(),
        )
    assert isinstance(found, Meant)
    assert found.order.description == "A man in a coat."
    assert found.wish.identity != recorded(settings).identity


def test_other_footage_under_the_same_path_is_refused(
    order: Order, settings: Settings, tmp_path: Path
) -> None:
    run(order, settings)
    with moved(settings, order, tmp_path).open("ab") as file:
        file.write(b"\0" * 1000)
    with pytest.raises(ConfigError, match="is not the footage that"):
        run(for_kling(order), settings)


def test_footage_that_lies_elsewhere_now_is_the_same_footage(
    order: Order, settings: Settings, tmp_path: Path
) -> None:
    done = run(order, settings)
    moved(settings, order, tmp_path).unlink()
    found = run(Order(order.footage, character=order.name), settings)
    assert (found.submitted, found.character_id) == (False, done.character_id)
    forecast = rehearse(
        for_kling(order, footage=order.footage), settings.home, service=settings.service
    )
    assert forecast.segment is not None
    assert (forecast.segment.length_s, forecast.scan is not None) == (3.0, True)


def test_new_footage_of_a_character_stays_the_same_character(
    order: Order, settings: Settings, tmp_path: Path
) -> None:
    run(order, settings)
    other = Path(shutil.copy(Path(order.footage), tmp_path / "other.mp4"))
    with other.open("ab") as file:
        file.write(b"\0\0\0\x10free\0\0\0\0\0\0\0\0")
    asked = Order(str(other), character=order.name, wishes=Wishes(start_s=0.5, length_s=2.0))
    with pytest.raises(NameTaken):  # a second one at the same model costs once more
        run(asked, settings)
    run(replace(asked, shares_name=True), settings)
    with Registry(settings.home / FILE_NAME) as registry:
        [character] = registry.characters.list_all()
        rows = registry.registrations.list_of(character.number)
        assert [row.source_path for row in rows] == [order.footage, str(other)]
        assert registry.registrations.find_origin(character.number) == rows[1]


def test_whom_nobody_knows_or_two_are_called_is_told(order: Order, settings: Settings) -> None:
    with pytest.raises(UnknownCharacter):
        run(for_kling(replace(order, name="Nobody")), settings)
    run(order, settings)
    second = replace(order, wishes=Wishes(start_s=0.5, length_s=2.0), shares_name=True)
    run(second, settings)
    with pytest.raises(SeveralMeant):
        run(for_kling(order), settings)


def test_the_command_says_what_is_missing(screentest: Command) -> None:
    for words, missing in (
        (["raw.mp4"], "--name"),
        (["--name", "Joe"], "RAW"),
        (["raw.mp4", "--name", "Joe", "--character", "Joe"], "--character"),
    ):
        outcome = screentest("register", *words)
        assert outcome.code == 2
        assert missing in outcome.err


@pytest.mark.parametrize(
    ("start_s", "length_s", "wanted_s", "tried"),
    [
        (5.0, 4.0, 4.0, [5.0]),
        (5.0, 2.0, 3.0, [5.0, 4.5, 4.0]),
        (0.2, 2.0, 3.0, [0.2, 0.0]),
        (8.0, 2.0, 3.0, [7.0]),
        (5.0, 5.0, 4.0, [5.0, 5.5, 6.0]),
    ],
    ids=["same", "longer", "at the beginning", "at the end", "shorter"],
)
def test_another_length_stays_around_the_window_and_in_the_footage(
    start_s: float, length_s: float, wanted_s: float, tried: list[float]
) -> None:
    segment = Segment(start_s, length_s, 0.9, "face", ())
    assert starts(segment, source(duration_s=10.0), length_s=wanted_s) == tried


# Models that know no ids: the clip or stills are kept, and sent with every video


@pytest.mark.slow
def test_a_character_is_kept_for_a_model_without_ids_and_nothing_is_submitted(
    order: Order, settings: Settings, relay: Relay
) -> None:
    first = run(order, settings)
    posts = list(relay.submitted_names)
    kept = run(Order(character=order.name, model=WAN), settings)
    assert (kept.is_kept, kept.character_id, kept.submitted, kept.cost_usd) == (True, None, False, 0.0)
    assert (kept.segment.start_s, kept.segment.length_s) == (1.0, 2.0)  # type: ignore[union-attr]
    again = run(Order(character=order.name, model=WAN), settings)
    assert (again.row_id, relay.submitted_names) == (kept.row_id, posts)
    with Registry(settings.home / FILE_NAME) as registry:
        rows = registry.registrations.list_all()
        assert [(row.model, row.state) for row in rows] == [(first.model, "done"), (WAN, "done")]
        assert len(registry.characters.list_all()) == 1


def test_footage_is_kept_for_a_model_without_ids_at_once(order: Order, settings: Settings) -> None:
    asked = replace(order, model=WAN)
    forecast = rehearse(asked, settings.home, service=settings.service)
    assert (forecast.cost_usd, len(forecast.steps)) == (0.0, 1)
    assert "Nothing is submitted" in forecast.steps[0]
    kept = run(asked, settings)
    assert kept.is_kept
    assert not keys_in(settings)


def test_fields_that_nobody_has_seen_are_taken_when_asked_for(order: Order, settings: Settings) -> None:
    asked = replace(order, model="kwaivgi/kling-v4.0/reference-to-video", wishes=Wishes(length_s=3.0))
    with pytest.raises(ConfigError, match="assumed"):
        run(asked, settings)
    assert run(replace(asked, unverified=True), settings).is_kept


def test_a_model_that_makes_videos_from_ids_names_the_one_that_makes_them(order: Order) -> None:
    with pytest.raises(ConfigError, match="makes videos") as refused:
        model_for(replace(order, model="kwaivgi/kling-video-o3-pro/reference-to-video"))
    assert refused.value.remedies[0].values == (KLING,)


@pytest.mark.parametrize("description", ["", "x" * 2000])
def test_a_text_that_the_other_model_refuses_is_refused_before_anything_is_made(
    order: Order, settings: Settings, description: str
) -> None:
    run(order, settings)
    said = frozenset({"character", "model"})  # as the command line says it, with or without a text
    wrong = replace(for_kling(order, said=said), description=description)
    with pytest.raises(ConfigError, match="description"):
        rehearse(wrong, settings.home, service=settings.service)
    with pytest.raises(ConfigError, match="description"):
        run(wrong, settings)
