"""The table of moves, for characters and videos: nothing is submitted twice by walking it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from screentest.client.registry.states import (
    CHARACTER_COURSE,
    FINISHED,
    STATES,
    UNSETTLED,
    VIDEO_COURSE,
    Course,
    State,
    as_state,
)

COURSES = pytest.mark.parametrize(
    "course", [CHARACTER_COURSE, VIDEO_COURSE], ids=["characters", "videos"]
)


@pytest.mark.parametrize(
    ("course", "moves"),
    [
        (
            CHARACTER_COURSE,
            {
                "planned": {"clipped"},
                "clipped": {"uploaded", "planned", "done"},  # kept for every video
                "uploaded": {"submitting", "clipped", "planned"},
                "submitting": {"submitted", "uploaded", "failed", "unknown"},
                "submitted": {"done", "failed"},
                "unknown": {"submitted", "uploaded"},
                "failed": {"planned", "clipped"},
                "done": set(),
            },
        ),
        (
            VIDEO_COURSE,
            {
                "planned": {"submitting"},
                "submitting": {"submitted", "planned", "failed", "unknown"},
                "submitted": {"done", "failed"},
                "unknown": {"submitted", "planned"},
                "failed": set(),
                "done": set(),
            },
        ),
    ],
    ids=["characters", "videos"],
)
def test_the_whole_table_is_this(course: Course, moves: Mapping[State, set[State]]) -> None:
    assert {state: set(after) for state, after in course.moves.items()} == moves


def test_a_characters_course_knows_every_state() -> None:
    assert set(CHARACTER_COURSE.moves) == set(STATES)


@COURSES
def test_a_submit_leaves_from_one_state_only(course: Course) -> None:
    assert [state for state in STATES if course.may_move(state, "submitting")] == [course.ready]


@COURSES
def test_a_lost_submit_is_found_or_freed_and_nothing_else(course: Course) -> None:
    assert course.moves["unknown"] == {"submitted", course.ready}


@COURSES
@pytest.mark.parametrize("state", sorted(UNSETTLED))
def test_an_unsettled_row_is_never_submitted_in_one_step(course: Course, state: State) -> None:
    assert not course.may_move(state, "submitting")


@COURSES
def test_what_was_accepted_never_becomes_ready_again(course: Course) -> None:
    assert course.moves["submitted"] == FINISHED


@COURSES
def test_done_is_for_ever(course: Course) -> None:
    assert course.moves["done"] == frozenset()


@COURSES
def test_every_state_can_be_left_but_the_ends(course: Course) -> None:
    assert {state for state in course.moves if not course.moves[state]} == course.ends


def test_a_failed_character_is_tried_again_and_a_failed_video_is_another_order() -> None:
    assert CHARACTER_COURSE.ends == {"done"}
    assert VIDEO_COURSE.ends == FINISHED


def test_a_video_has_no_clip_to_make() -> None:
    assert not VIDEO_COURSE.may_move("planned", "clipped")
    assert not VIDEO_COURSE.may_move("clipped", "uploaded")


@COURSES
def test_a_stored_state_of_the_course_is_read(course: Course) -> None:
    assert [as_state(state, course) for state in course.moves] == list(course.moves)


@pytest.mark.parametrize(
    ("word", "course"),
    [("sent", CHARACTER_COURSE), ("", VIDEO_COURSE), ("clipped", VIDEO_COURSE)],
)
def test_a_word_that_is_not_a_state_is_refused(word: str, course: Course) -> None:
    with pytest.raises(ValueError, match="not a state"):
        as_state(word, course)
