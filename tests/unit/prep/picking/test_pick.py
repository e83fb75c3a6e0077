"""pick: what a casting director would choose, and why."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from screentest import pick, segment_at
from screentest.prep.core.errors import NoUsableSegment, TooShort
from screentest.prep.core.spec import KLING_ELEMENTS, SORA_2
from screentest.prep.core.values import Face, FrameSignal, Scan
from tests.made_up import SOURCE, face, scan_of, signal, source

FRONTAL = face()
TURNED = face(yaw_deg=25.0, nose_offset=0.2)
PROFILE = face(yaw_deg=8.0, nose_offset=0.9)
ASLEEP = face(eyes_open=0.1)


def test_the_frontal_stretch_wins_over_the_turned_one() -> None:
    made = pick(scan_of(lambda t: FRONTAL if 8 <= t < 12.2 else TURNED))
    assert 7.9 <= made.start_s <= 8.3
    assert made.subject == "face"


def test_a_window_has_the_whole_length_the_service_keeps() -> None:
    made = pick(scan_of(lambda t: FRONTAL))
    assert made.length_s == 4.0


def test_at_29_97_a_window_is_119_frames_and_never_a_frame_over_four_seconds() -> None:
    from fractions import Fraction

    scanned = scan_of(lambda t: FRONTAL)
    scanned = replace(scanned, source=replace(SOURCE, fps=Fraction(30000, 1001)))
    assert pick(scanned).length_s == pytest.approx(119 * 1001 / 30000)


def test_a_window_never_holds_a_cut() -> None:
    made = pick(scan_of(lambda t: FRONTAL, cuts_s=(3.0, 6.0, 9.0, 13.5), length_s=16.0))
    assert made.start_s >= 9.0
    assert made.end_s <= 13.5 + 1e-3


def test_where_no_four_seconds_are_clean_the_longest_clean_stretch_is_taken() -> None:
    made = pick(scan_of(lambda t: FRONTAL if t < 2.6 else None, length_s=8.0))
    assert 2.0 <= made.length_s < 3.2
    assert any("were good enough" in reason for reason in made.reasons)


def test_where_no_four_seconds_are_there_a_few_bad_moments_are_left_out() -> None:
    covered = replace(FRONTAL, clarity=FRONTAL.clarity - 0.03)
    made = pick(scan_of(lambda t: covered if t < 0.5 else FRONTAL, length_s=3.0))
    assert made.start_s >= 0.4
    assert made.length_s >= 2.2


def asleep_until(wakes_s: float) -> Scan:
    """Four seconds and a half of one face: asleep for a second at first, then up, then dozing off."""
    return scan_of(
        lambda t: ASLEEP if t < 1.0 or wakes_s < t < wakes_s + 0.7 else FRONTAL, length_s=4.5
    )


def test_four_seconds_that_are_spoilt_give_way_to_the_clean_ones_among_them() -> None:
    made = pick(asleep_until(3.7))
    assert made.start_s == pytest.approx(1.0)
    assert made.end_s <= 3.8 + 1e-3
    assert any("The best 4 s" in reason for reason in made.reasons)


@pytest.mark.parametrize(
    ("longer_s", "turned_deg", "chosen_s"), [(3.6, 8.0, 3.5), (3.0, 8.0, 3.0), (3.6, 25.0, 2.0)]
)
def test_a_shorter_window_has_to_be_clearly_better(
    longer_s: float, turned_deg: float, chosen_s: float
) -> None:
    """A longer stretch that is turned throughout, a cut, and two seconds straight into the camera."""

    def turned(t_s: float) -> Face:
        return face(yaw_deg=turned_deg if t_s < longer_s - 0.01 else 0.0)

    made = pick(scan_of(turned, length_s=longer_s + 2.0, cuts_s=(longer_s,)))
    assert made.length_s == pytest.approx(chosen_s, abs=0.03)


def test_three_seconds_come_before_two() -> None:
    """A face that is straight for three seconds, and a little straighter for two of them."""

    def turned(t_s: float) -> Face:
        return FRONTAL if 1.0 <= t_s < 3.0 else face(yaw_deg=10.0) if t_s < 3.2 else TURNED

    made = pick(scan_of(turned, length_s=6.0))
    assert 3.0 <= made.length_s <= 3.5
    assert any("leave out weak moments" in reason for reason in made.reasons)


def test_a_length_that_was_asked_for_is_kept_though_shorter_would_be_cleaner() -> None:
    assert pick(asleep_until(3.7), length_s=4.0).length_s == 4.0


def test_one_blink_makes_no_clip_shorter() -> None:
    made = pick(scan_of(lambda t: ASLEEP if 2.0 <= t < 2.2 else FRONTAL, length_s=4.2))
    assert made.length_s == 4.0


def test_eyes_are_held_against_their_open_state_though_they_are_lowered_most_of_the_time() -> None:
    lowered = face(eyes_open=0.5)
    made = pick(scan_of(lambda t: FRONTAL if t % 3 < 1 else lowered))
    assert made.score < 0.65, "lowered eyes pass for this person's open ones"


def test_a_picture_that_goes_blank_joins_two_scenes_that_no_clip_holds() -> None:
    scanned = scan_of(lambda t: None, length_s=9.0)

    def seen(t_s: float) -> FrameSignal:
        if 3.0 <= t_s < 3.2:
            return signal(t_s, detail=0.05, sharpness=5.0)
        return signal(t_s, sharpness=200.0 if t_s < 3 else 60.0)

    flash = tuple(seen(s.t_s) for s in scanned.signals)
    assert pick(replace(scanned, signals=flash)).start_s >= 3.2 - 1e-3


def test_four_poor_seconds_are_kept_where_nothing_shorter_will_do() -> None:
    """Two poor seconds, two moments without a face, then good ones: shorter windows hold too little."""

    def seen(t_s: float) -> Face | None:
        if 1.95 < t_s < 2.35:
            return None
        return FRONTAL if t_s >= 2.35 else face(yaw_deg=28.0, nose_offset=0.2)

    made = pick(scan_of(seen, length_s=4.0))
    assert made.length_s == 4.0


def test_a_model_of_one_length_gets_that_length_however_poor_it_is() -> None:
    one_length = replace(SORA_2, min_length_s=SORA_2.target_length_s)
    made = pick(scan_of(lambda t: ASLEEP if t % 1 < 0.5 else FRONTAL), spec=one_length)
    assert made.length_s == 4.0


def test_somebody_who_shows_the_face_for_a_moment_is_a_figure_too() -> None:
    scanned = scan_of(lambda t: FRONTAL if t % 2 < 1 else None, length_s=6.0)
    made = pick(scanned, length_s=4.0)
    assert made.subject == "other"
    assert "10 of 20 samples" in " ".join(made.reasons)


def test_closed_eyes_lose_to_open_ones() -> None:
    made = pick(scan_of(lambda t: ASLEEP if t < 10 else FRONTAL))
    assert made.start_s >= 9.5


@pytest.mark.parametrize(
    ("worse", "said"),
    [
        (face(gaze=0.9), "the eyes look past the camera more"),
        (face(mouth_open=0.7), "the mouth is open wider"),
    ],
)
def test_eyes_on_the_camera_and_a_mouth_at_rest_are_preferred(worse: Face, said: str) -> None:
    made = pick(scan_of(lambda t: FRONTAL if 10 <= t < 14.2 else worse))
    assert made.start_s == pytest.approx(10.0, abs=0.3)
    assert said in made.reasons[-1]


def test_eyes_that_hold_the_camera_turn_against_the_head() -> None:
    holding, drifting = face(yaw_deg=19.0, gaze=-0.5), face(yaw_deg=19.0, gaze=0.5)
    made = pick(scan_of(lambda t: drifting if t < 10 else holding))
    assert made.start_s >= 9.5
    assert "toward the camera in 100%" in " ".join(made.reasons)


def test_a_profile_whose_mesh_reads_frontal_does_not_pass_as_a_face() -> None:
    assert pick(scan_of(lambda t: PROFILE)).subject == "other"


def test_the_weak_moments_of_a_window_count() -> None:
    def blinks_at_two(t_s: float) -> Face:
        return TURNED if 1.6 <= t_s < 2.6 else FRONTAL

    made = pick(scan_of(blinks_at_two, length_s=8.0))
    assert made.start_s >= 2.4


def test_the_reasons_name_the_runner_ups_weakness() -> None:
    made = pick(scan_of(lambda t: FRONTAL if t < 5 else TURNED))
    assert any("runner-up" in reason and "turned away" in reason for reason in made.reasons)


def test_a_poor_window_names_its_main_weakness() -> None:
    covered = replace(FRONTAL, clarity=0.8)
    made = pick(scan_of(lambda t: covered if t % 1 < 0.7 else FRONTAL), subject="face")
    assert "Its main weakness: the face is recognised less surely at times." in made.reasons


def test_a_good_window_is_said_to_lack_nothing() -> None:
    assert not any("lacks" in reason for reason in pick(scan_of(lambda t: FRONTAL)).reasons)


def test_faces_that_were_to_be_ignored_are_not_said_to_be_missing() -> None:
    made = pick(scan_of(lambda t: FRONTAL), subject="other")
    assert "as requested" in made.reasons[0]


def test_alternatives_overlap_neither_the_choice_nor_one_another() -> None:
    made = pick(scan_of(lambda t: FRONTAL))
    starts = sorted([made.start_s, *(a.start_s for a in made.alternatives)])
    assert len(starts) > 2
    assert all(b - a >= 3.999 for a, b in itertools.pairwise(starts))


def test_without_a_face_the_clearest_stretch_is_taken_and_it_says_so() -> None:
    made = pick(scan_of(lambda t: None))
    assert made.subject == "other"
    assert "No face was made out turned to the camera" in made.reasons[0]
    assert not made.face_seen


def test_a_face_that_never_turns_to_the_camera_is_still_said_to_show() -> None:
    made = pick(scan_of(lambda t: PROFILE))
    assert (made.subject, made.face_seen) == ("other", True)
    (shown,) = (reason for reason in made.reasons if "A human face was made out in" in reason)
    assert shown.endswith("samples, turned to the camera in none of them.")


def test_what_the_detector_hardly_takes_for_a_face_is_no_human() -> None:
    assert not pick(scan_of(lambda t: replace(PROFILE, clarity=0.7))).shows_face


def test_black_footage_is_refused_with_its_best_moment() -> None:
    scanned = scan_of(lambda t: None)
    dark = tuple(signal(s.t_s, detail=0.0, exposure=0.0, sharpness=0.0) for s in scanned.signals)
    with pytest.raises(NoUsableSegment, match=r"best sample, at .* scores 0\.\d"):
        pick(replace(scanned, signals=dark))


def test_less_picture_than_the_service_takes_is_too_short() -> None:
    with pytest.raises(TooShort, match=r"at most 1\.8 s"):
        pick(scan_of(lambda t: FRONTAL, length_s=1.8))


def test_where_only_some_was_looked_at_it_is_not_said_of_the_rest() -> None:
    scanned = scan_of(lambda t: FRONTAL, cuts_s=(1.5, 3.0, 4.5), length_s=6.0)
    long = replace(scanned, source=replace(SOURCE, duration_s=600.0))
    with pytest.raises(TooShort, match=r"The most promising 6 s of ") as caught:
        pick(long)
    assert "start_s" in {remedy.kind for remedy in caught.value.remedies}


def test_another_model_has_another_length() -> None:
    assert pick(scan_of(lambda t: FRONTAL), spec=KLING_ELEMENTS).length_s == 8.0


def test_a_length_can_be_asked_for() -> None:
    assert pick(scan_of(lambda t: FRONTAL), length_s=2.52).length_s == pytest.approx(2.52)


def test_a_length_below_the_models_minimum_is_refused_before_any_work() -> None:
    with pytest.raises(TooShort, match="shorter than the 2 s"):
        pick(scan_of(lambda t: FRONTAL), length_s=1.0)


def test_a_given_start_is_kept_and_cut_to_what_is_left() -> None:
    made = segment_at(source(duration_s=20.0), start_s=17.0)
    assert (made.start_s, made.length_s) == (17.0, 3.0)


def test_a_given_start_too_near_the_end_says_how_much_is_left() -> None:
    with pytest.raises(TooShort, match=r"Only 1 s"):
        segment_at(source(duration_s=20.0), start_s=19.0)


def test_a_given_start_is_judged_by_a_close_look() -> None:
    looked = scan_of(lambda t: FRONTAL, cuts_s=(6.0,))
    made = segment_at(looked.source, start_s=4.0, looked=looked)
    assert made.subject == "face"
    assert made.score > 0.8
    assert any("cut in it, at 0:06.00" in reason for reason in made.reasons)


def test_the_larger_of_two_equally_good_people_wins() -> None:
    near, far = FRONTAL, face(box=replace(FRONTAL.box, x=0.8, width=0.14, height=0.34))
    scanned = scan_of(lambda t: FRONTAL)
    both = tuple(signal(s.t_s, far, near) for s in scanned.signals)
    made = pick(replace(scanned, signals=both))
    assert "35%" in " ".join(made.reasons)


def test_a_second_person_is_named_with_the_way_to_choose() -> None:
    other = face(box=replace(FRONTAL.box, x=0.8, width=0.1, height=0.2))
    scanned = scan_of(lambda t: FRONTAL)
    both = tuple(signal(s.t_s, FRONTAL, other) for s in scanned.signals)
    made = pick(replace(scanned, signals=both))
    assert any("One more person" in reason and "by number" in reason for reason in made.reasons)


def test_the_minimum_can_be_asked_for_at_any_rate() -> None:
    """Two seconds are not a whole number of frames at 29.97; the nearest that is long enough counts."""
    from fractions import Fraction

    raw = source(fps=Fraction(30000, 1001))
    assert segment_at(raw, start_s=1.0, length_s=2.0).length_s == pytest.approx(60 * 1001 / 30000)


def test_a_turned_face_that_lives_comes_before_a_perfect_photo() -> None:
    photo, alive = replace(FRONTAL, own_motion=0.1), replace(TURNED, own_motion=1.5)
    made = pick(scan_of(lambda t: photo if t < 10 else alive, cuts_s=(10.0,)))
    assert made.start_s >= 10.0


def test_a_photo_is_a_face_still_where_nobody_lives() -> None:
    photo = replace(TURNED, own_motion=0.1)
    made = pick(scan_of(lambda t: photo))
    assert made.subject == "face"
    assert any("may be a photo" in reason for reason in made.reasons)


def test_a_turned_face_that_is_bare_comes_before_one_with_a_bar_over_the_eyes() -> None:
    barred = replace(FRONTAL, covered=0.6)
    made = pick(scan_of(lambda t: barred if t < 10 else TURNED))
    assert made.start_s >= 9.9
    alone = pick(scan_of(lambda t: barred))
    assert alone.subject == "face"
    assert any("hides one eye" in reason for reason in alone.reasons)
