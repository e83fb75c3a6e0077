"""What goes wrong in a round: what becomes of the replies to submits, and troubles elsewhere."""

from __future__ import annotations

import random

from tests.torture.kinds import MODELS

Fault = dict[str, object]

HELD_S = 4.0
"""How long a reply to a submit is held at most, so that a kill lands inside a submit."""
_OUTPUT = "GET /files/outputs/*"


def faults(kills: int, chance: random.Random) -> list[Fault]:
    """Those of a round of so many kills, in turn."""
    submits = [_submit_fault(model, chance) for model in sorted(MODELS) for _ in range(3 * kills + 20)]
    downloads = [_download_fault(chance) for _ in range(2 * kills + 10)]
    return [*_ELSEWHERE, *submits, *downloads]


_ELSEWHERE: list[Fault] = [
    {"match": "GET /predictions/*", "skip": 5, "times": 3, "status": 503},
    {"match": "GET /predictions/*", "skip": 20, "times": 2, "body": '{"code":200,"da'},
    {"match": "POST /predictions", "skip": 2, "times": 2, "status": 500},
    {"match": "POST /predictions", "skip": 9, "times": 2, "drop": "after"},
    {"match": "POST /model/price", "skip": 1, "times": 2, "status": 500},
    {"match": "GET /balance", "skip": 4, "times": 2, "drop": "after"},
    {"match": "s3 PUT", "drop": "before", "times": 2},
    {"match": "s3 PUT", "skip": 1, "drop": "after", "times": 2},
    {"match": "s3 DELETE", "skip": 1, "drop": "after", "times": 2},
]


def _submit_fault(model: str, chance: random.Random) -> Fault:
    held = {"match": f"POST /{model}", "delay_s": round(chance.uniform(0, HELD_S), 3)}
    kinds: list[Fault] = [
        {},
        {"drop": "after"},
        {"drop": "before"},
        {"status": 500, "handled": True},
        {"status": 500},
        {"handled": True, "body": '{"code":200,"da'},
        {"status": 429, "delay_s": 0.0},
    ]
    [kind] = chance.choices(kinds, weights=(60, 12, 8, 5, 5, 5, 5))
    return {**held, **kind}


def _download_fault(chance: random.Random) -> Fault:
    kinds: list[Fault] = [
        {"delay_s": round(chance.uniform(0, 2), 3)},
        {"drop": "after"},
        {"status": 503},
        {"status": 404},
        {"handled": True, "body": "<html>Bad gateway</html>"},
    ]
    [kind] = chance.choices(kinds, weights=(70, 10, 10, 5, 5))
    return {"match": _OUTPUT, **kind}
