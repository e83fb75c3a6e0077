"""An image is recorded by its place and by what tells it from others there, never by a signature."""

from __future__ import annotations

import pytest

from screentest.client.videos.place import as_recorded

PLACE = "https://h/render.png"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?",
        "#top",
        "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260101T000000Z&X-Amz-Signature=ab",
        "?AWSAccessKeyId=AK&Expires=1&Signature=ab",
        "?X-Goog-Signature=ab&X-Goog-Expires=60",
        "?Policy=p&Signature=ab&Key-Pair-Id=K",
        "?q-sign-algorithm=sha1&q-ak=a&q-sign-time=1;2&q-key-time=1;2&q-signature=ab",
        "?token=eyJhbGciOi",
        "?ex=66a1&is=669f&hm=ab",
        "?sv=2026-01-01&se=2026-02-01&sr=b&sp=r&sig=ab",
    ],
)
def test_who_signed_makes_no_other_image(query: str) -> None:
    assert as_recorded(PLACE + query) == PLACE


def test_images_that_differ_in_their_query_are_different() -> None:
    queries = ["", "?id=1", "?id=2", "?sz=1&id=1", "?sz=2&id=1", "?se=1", "?id=1&id=2"]
    assert len({as_recorded(PLACE + query) for query in queries}) == len(queries)


def test_the_same_image_signed_anew_is_the_same() -> None:
    first, second = (f"{PLACE}?id=1&X-Amz-Signature={one}" for one in ("ab", "cd"))
    assert as_recorded(first) == as_recorded(second) == as_recorded(f"{PLACE}?id=1#x")


def test_no_secret_is_recorded() -> None:
    assert "hunter2" not in as_recorded(f"{PLACE}?token=hunter2&X-Amz-Signature=hunter2")
