"""A model that is gone stops the work before it begins, and living ones are named."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from screentest.client.errors import BadReply, ConfigError, RateLimited, ServiceError, Unauthorized
from screentest.client.remote.living import KEPT_S, ServedModels, living_beside, require_served
from screentest.client.remote.wavespeed import ServedModel

SORA = "openai/sora-2/characters"
KLING = "kwaivgi/kling-elements-advanced"
WAN = "alibaba/wan-3.0/reference-to-video"
V4 = "kwaivgi/kling-v4.0/reference-to-video"
O3 = "kwaivgi/kling-video-o3-pro/reference-to-video"


@dataclass
class Serving:
    """A service whose list is this, or that raises it."""

    served: tuple[str, ...] | ServiceError

    def models(self) -> tuple[ServedModel, ...]:
        if isinstance(self.served, ServiceError):
            raise self.served
        return tuple(ServedModel(model_id, None) for model_id in self.served)


def require(served: tuple[str, ...] | ServiceError, model_id: str = SORA) -> frozenset[str]:
    return require_served(Serving(served), model_id)  # type: ignore[arg-type]


def test_a_model_that_is_served_is_no_matter() -> None:
    assert require((SORA, KLING)) == {SORA, KLING}


def test_a_model_that_is_gone_names_those_that_live() -> None:
    with pytest.raises(ConfigError, match="no longer served; nothing was spent") as caught:
        require((KLING, WAN, V4, O3, "somebody/else"))
    assert f"{KLING}, {WAN}" in caught.value.hint
    assert V4 not in caught.value.hint, "nobody has seen its fields"
    assert caught.value.remedies[-1].values == (KLING,)


def test_where_none_of_the_known_models_lives_the_services_own_list_is_the_way_out() -> None:
    with pytest.raises(ConfigError) as caught:
        require(("somebody/else",))
    assert caught.value.remedies[0].kind == "list_models"


@pytest.mark.parametrize("answer", [(), BadReply("not JSON")])
def test_a_list_that_tells_nothing_refuses_nothing(answer: tuple[str, ...] | ServiceError) -> None:
    assert require(answer) == frozenset()


@pytest.mark.parametrize("error", [Unauthorized("no"), RateLimited("slow down")])
def test_a_key_that_does_not_work_is_told_before_minutes_of_work(error: ServiceError) -> None:
    with pytest.raises(type(error)):
        require(error)


def test_a_video_model_is_replaced_by_another_that_makes_videos() -> None:
    assert living_beside(O3, {SORA, KLING, WAN}) == (WAN,)


def test_a_list_is_read_once_for_many_and_again_when_it_is_old() -> None:
    asked: list[str] = []
    now_s = 0.0

    class Counting(Serving):
        def models(self) -> tuple[ServedModel, ...]:
            asked.append("models")
            return super().models()

    def require_of(*served: str, model_id: str = SORA) -> frozenset[str]:
        return require_served(Counting(served), model_id, known=known)  # type: ignore[arg-type]

    known = ServedModels(clock=lambda: now_s)
    assert require_of() == frozenset(), "an empty list proves nothing, and is not kept"
    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(lambda _: require_of(SORA), range(40))) == {frozenset({SORA})}
    assert len(asked) == 2
    with pytest.raises(ConfigError):
        require_of(SORA, KLING, model_id=KLING)
    now_s = KEPT_S
    assert require_of(SORA, KLING, model_id=KLING) == {SORA, KLING}
    assert len(asked) == 3
