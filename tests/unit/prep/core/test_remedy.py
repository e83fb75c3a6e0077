"""What can be done, as data: every kind in plain words, several of them in one line."""

import pickle
from typing import get_args

import pytest

from screentest.client.errors import NoBalance, TaskFailed
from screentest.prep.core.errors import NoUsableSegment, ScreentestError
from screentest.prep.core.remedy import PLAIN, Kind, Remedy, in_words, remedies_of

KINDS: tuple[Kind, ...] = get_args(Kind)


def test_every_kind_has_words_of_its_own() -> None:
    assert PLAIN.keys() == set(KINDS)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "note"])
def test_a_remedy_of_any_kind_says_something_to_do(kind: Kind) -> None:
    said = in_words([Remedy(kind, ("a", "b"), at_least=2, at_most=4)])
    assert said[0].isupper()
    assert "{" not in said


def test_a_remedy_s_own_words_beat_those_of_its_kind() -> None:
    assert in_words([Remedy("footage", words="use longer footage")]) == "Use longer footage."


def test_words_may_hold_braces() -> None:
    assert in_words([Remedy("prompt", ("{Joe} waves",))]) == "Write: {Joe} waves"


def test_neighbours_are_alternatives_of_one_sentence() -> None:
    remedies = [Remedy("footage"), Remedy("start_s"), Remedy("without", ("subject", "person"))]
    assert in_words(remedies) == (
        "Use other footage, choose the window by hand, or leave subject and person out."
    )


def test_a_note_stays_a_sentence_of_its_own() -> None:
    remedies = remedies_of("Nothing was spent.", Remedy("max_cost_usd"))
    assert in_words(remedies) == "Nothing was spent. Allow a higher price."


def test_notes_follow_one_another() -> None:
    assert in_words(remedies_of("One.", "Two.")) == "One. Two."


def test_a_note_after_remedies_comes_last() -> None:
    remedies = remedies_of(Remedy("retry"), "A clip that is gone is made again.")
    assert in_words(remedies) == "Try again. A clip that is gone is made again."


@pytest.mark.parametrize(
    ("remedy", "said"),
    [
        (Remedy("retry"), "Try again."),
        (Remedy("retry", ("later",)), "Try again later."),
        (Remedy("retry", at_least=20.4), "Try again in 20 s."),
        (Remedy("retry", at_least=0.0), "Try again in 0 s."),
    ],
)
def test_a_retry_says_when(remedy: Remedy, said: str) -> None:
    assert in_words([remedy]) == said


def test_a_range_is_said_without_needless_zeros() -> None:
    said = in_words([Remedy("length_s", at_least=2.0, at_most=4.5)])
    assert said == "Ask for 2 to 4.5 s."


def test_models_to_choose_from_are_alternatives() -> None:
    assert in_words([Remedy("model", ("a/one", "b/two"))]) == "Choose the model a/one or b/two."


def test_no_full_stop_follows_a_prompt_to_copy() -> None:
    assert in_words([Remedy("prompt", ("Joe walks in",))]) == "Write: Joe walks in"


def test_without_remedies_there_is_nothing_to_say() -> None:
    assert in_words(()) == ""


def test_an_empty_sentence_is_not_a_remedy() -> None:
    error = ScreentestError("What is wrong.", "")
    assert (error.remedies, error.hint) == ((), "")


def test_a_sentence_alone_is_an_error_s_hint_as_it_is() -> None:
    assert ScreentestError("There is no file x.", "Check the path.").hint == "Check the path."


def test_an_error_s_remedies_are_data() -> None:
    way = Remedy("start_s", words="choose by hand")
    error = NoUsableSegment("Nothing can be used.", Remedy("footage"), way)
    assert error.remedies == (Remedy("footage"), way)
    assert error.hint == "Use other footage, or choose by hand."
    assert str(error) == "Nothing can be used."


def test_an_error_from_a_worker_keeps_what_could_be_done() -> None:
    error = NoUsableSegment("Nothing.", "A note.", Remedy("length_s", at_least=2, at_most=4))
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is NoUsableSegment
    assert (back.message, back.remedies, back.hint) == (error.message, error.remedies, error.hint)


def test_a_service_s_error_from_a_worker_keeps_remedies_and_codes() -> None:
    error = TaskFailed("No luck.", "Wait.", Remedy("retry"), status=200, code=5004, task_id="t-1")
    back = pickle.loads(pickle.dumps(error))
    assert (back.message, back.remedies) == (error.message, error.remedies)
    assert (back.status, back.code, back.task_id) == (200, 5004, "t-1")


def test_an_error_pickled_twice_is_still_the_same() -> None:
    error = NoBalance("No money.", "Top up the account.", status=402)
    once = pickle.loads(pickle.dumps(error))
    assert pickle.dumps(pickle.loads(pickle.dumps(once))) == pickle.dumps(once)
