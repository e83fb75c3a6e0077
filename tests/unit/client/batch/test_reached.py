"""Where workers of other machines find footage that lies elsewhere."""

from __future__ import annotations

import pytest

from screentest.client.batch.carrying.elsewhere import reached_by
from screentest.client.config import S3Access, Secret
from screentest.client.errors import ConfigError
from screentest.client.fetching.store import FootageStore
from screentest.client.worker.job import Place


def test_a_worker_keeps_to_what_the_user_allows() -> None:
    access = S3Access("http://127.0.0.1:1", Secret("key"), Secret("secret"), "us-east-1")
    with FootageStore(access) as store:
        reached = reached_by(store, allow_private=True, most_bytes=5)
        place = reached(Place("https://a.test/x.mp4", url="https://a.test/x.mp4?sig=1"))
        assert (place.url, place.allow_private, place.most_bytes) == (
            "https://a.test/x.mp4?sig=1",
            True,
            5,
        )
        assert not place.is_own
        assert "sig=1" not in repr(place)
        with pytest.raises(ConfigError):
            reached(Place("s3://!/x", url="s3://!/x"))
