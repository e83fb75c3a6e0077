"""Pages that are made from the code: models and their limits, the Python API, and what errors mean."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path
from typing import Any

import screentest
from screentest import ScreentestError
from screentest.client.remote.models.facts import MARKS, Mark
from screentest.client.remote.video_models import every_model

CHECKOUT = Path(__file__).parent.parent
MADE = "Generated from the code by `make docs`; do not edit.\n"
MARK_WORDS: dict[Mark, str] = {
    "documented": "the service says so",
    "seen": "an official client's source has it",
    "observed": "others report it",
    "assumed": "nobody says; Screentest stays on the safe side",
}
FUNCTIONS = (
    ("Look", ("probe", "scan", "pick", "segment_at", "choose")),
    ("Make", ("clip", "check", "prepare", "stills")),
    ("Register", ("register", "rehearse", "settings_from", "default_home", "verify_webhook")),
    ("Compare", ("compare", "reference_in_photo", "reference_in_clip")),
)
WHAT_HELPS = {
    "BadReply": (
        "The service changed, or a proxy answers in its place. Nothing is sent again by itself; "
        "`characters reconcile` or `videos reconcile` settles what was on its way."
    ),
    "BadWebhook": (
        "Give the raw bytes of the call and the secret that the service answers; calls older than "
        "five minutes are refused."
    ),
    "BucketUnusable": (
        "`screentest doctor` puts a test object, asks for it and deletes it, and says how the "
        "bucket refuses. The credentials need `s3:PutObject`, `s3:GetObject` and "
        "`s3:DeleteObject`; `storage clean` and `batch --cluster` need `s3:ListBucket` too."
    ),
    "Cancelled": "The same call goes on where it stopped.",
    "ConfigError": "The hint names the setting or the option.",
    "CostTooHigh": "Raise `--max-cost`, or leave it.",
    "DiskFull": "Make room at the place named; the same command goes on.",
    "EncodeFailed": "Try another window with `--start`; footage that fails twice is worth a report.",
    "EncodeTimeout": "The machine is overloaded or the disk is slow: the same command again.",
    "FetchBroken": "The same command goes on with what came already.",
    "HeldElsewhere": "Another command of yours works on this character: wait for it.",
    "ImpossibleWish": "Leave one of the options that exclude each other; the message names them.",
    "InvalidName": "`screentest models ID` tells how long a name may be.",
    "MissingAngle": (
        "Footage that shows the face from the front and more sides; `--reference video` where the "
        "model takes a clip; `screentest sheet RAW -o DIR` shows what is there."
    ),
    "NameTaken": "`--yes` lets two characters share the name; another name is clearer in prompts.",
    "NoBalance": (
        "Top the account up; `screentest balance` tells what is there. The same command goes on."
    ),
    "NoCredentials": "Set `WAVESPEED_API_KEY`, or try with `--sandbox`.",
    "NoLongerKept": (
        "The service keeps results for some days only; the row stays as a record. The same "
        "command orders it once more, which costs again."
    ),
    "NoSuchPerson": "`screentest scan RAW` lists who shows, with a number each.",
    "NoUsableSegment": (
        "`screentest pick RAW --report why.html` shows what was seen. `--subject animal`, "
        "`drawing` or `object` looks for what has no human face."
    ),
    "NobodyMatches": "A sharper photo of the face from the front, or `--person N`.",
    "NotAFile": "Give the file itself; `batch` and `studio` take folders.",
    "NotAVideo": "Play it: where a player shows it too, export it as H.264 or ProRes.",
    "NotFetched": (
        "The message says what the host answered; `--fetch-limit` and `--allow-private` widen "
        "what is taken."
    ),
    "NotFound": "Look at the path; a name with spaces wants quotes.",
    "OutputExists": "`--overwrite`, or another name.",
    "OutputNotWritable": "Another `-o`, or the folder made first.",
    "PromptProblem": (
        "`--fix-prompt` takes the corrected prompt; prompts name their characters letter by letter."
    ),
    "RateLimited": "It is waited for; `--rate` and `--at-once` slow a batch down.",
    "RegistryDamaged": (
        "Move the file and its `-wal` and `-shm` away, then put a copy of yours back, or "
        "`characters import` an export; the message tells how to rescue the rest."
    ),
    "Rejected": "The service's own words are in the message; the same request will fail again.",
    "ReplyLost": (
        "`characters reconcile` (a video: `videos reconcile`) asks the service whether it "
        "arrived. Never order it again before."
    ),
    "RuleBroken": "`screentest check CLIP` names each rule; `clip` makes one that keeps them.",
    "SandboxError": (
        "What the message says: a file to put right, a process to end, or the extra `[sandbox]`."
    ),
    "ScoreTooLow": "Other footage, another window, or a lower `--min-score`.",
    "ServiceUnreachable": (
        "Nothing was ordered by this request. The same command goes on, also where a task was "
        "paid for already; nothing is paid twice."
    ),
    "SetupError": (
        "In a checkout `make install`, or `pip install --force-reinstall "
        "'.[sandbox,cluster,studio]'`. For a scheduler or a missing extra, what the message says."
    ),
    "SeveralMeant": "Give the id that `characters list` shows.",
    "SkipDecided": (
        "Somebody skipped it in the studio; the message tells how to register it all the same."
    ),
    "StorageUnreachable": "Nothing was submitted: the same command again.",
    "SubjectRefused": "The hint names models that take it.",
    "TaskFailed": "The service's reason is in the message; a failed task is not billed (assumed).",
    "TooShort": "Longer footage, or a model that takes shorter clips.",
    "Unauthorized": "Look the key up in the service's console; a new account wants a first payment.",
    "UnknownCharacter": "`characters list` shows what is recorded in this home.",
    "Unreadable": "The file is damaged from the place named on: copy it again from its source.",
    "UnsettledSubmit": (
        "`characters reconcile` (a video: `videos reconcile`) looks at the service; then "
        "`--adopt` or `--forget` decides."
    ),
    "UrlNotServed": "`screentest doctor` tries a URL of the bucket, and says what stands in the way.",
    "WaitTimeout": (
        "It goes on at the service; `characters wait` or the same command picks it up (a video: "
        "the same command, or `videos reconcile`)."
    ),
    "WorkerFailed": "The batch went on with the others; the same command tries this one again.",
}


def models() -> str:
    """docs/models.md: each model, limit by limit, with its source."""
    words = "\n".join(f"| {mark} | {MARK_WORDS[mark]} |" for mark in MARKS)
    parts = [
        f"# Models and their limits\n\n{MADE}",
        "What a model takes is data with a source and a date, not code. `screentest models` prints it\n"
        "and asks the service what it serves today; `screentest models ID` tells one limit by limit;\n"
        " `--model` of `register`, `batch` and `video` chooses.\n",
        f"| how well it is known | means |\n|---|---|\n{words}\n",
    ]
    for model in every_model():
        rows = [
            f"| {one.name} | {_cell(one.value)} | {one.source.mark} | {_cell(one.source.where)} |"
            for one in model.limits()
        ]
        table = "\n".join(["| limit | value | known | source |", "|---|---|---|---|", *rows])
        parts.append(f"## `{model.model_id}`\n\nMakes a {model.kind}.\n\n{table}\n")
    return "\n".join(parts)


def python() -> str:
    """docs/python.md's reference: every name that the package offers, by its docstring."""
    parts = []
    shown = set()
    for heading, names in FUNCTIONS:
        parts.append(f"## {heading}\n")
        parts += [_entry(name) for name in names]
        shown |= set(names)
    values = [
        name
        for name in screentest.__all__
        if name not in shown
        and inspect.isclass(one := getattr(screentest, name))
        and not _is_error(one)
    ]
    parts.append("## Values\n")
    parts += [_entry(name) for name in sorted(values)]
    return "\n".join(parts)


def errors() -> str:
    """The list of docs/troubleshooting.md: each kind of error, what helps, and its messages."""
    said = _messages()
    parts = []
    for name in screentest.__all__:
        one = getattr(screentest, name)
        if not _is_error(one) or (one.__subclasses__() and name not in said):
            continue
        lines = "".join(f"- {_cell(message)}\n" for message in sorted(said.get(name, ())))
        parts.append(f"### `{name}`\n\n{_summary(one)}\n{_helps(name)}\n{lines}")
    return "\n".join(parts)


def _helps(name: str) -> str:
    return (
        f"\n**What helps:** {WHAT_HELPS[name]}\n" if name in WHAT_HELPS else ""
    )  # a mere group has none


def _messages() -> dict[str, set[str]]:
    """The messages that the code raises, by kind; what varies is an ellipsis."""
    said: dict[str, set[str]] = {}
    for room in ("prep", "client"):
        for file in sorted((CHECKOUT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                    message = " ".join(_text(node.args[0]).split())
                    if len(re.findall(r"[^\W\d_]{2,}", message)) >= 3:
                        said.setdefault(node.func.id, set()).add(message)
    return said


def _text(node: ast.expr) -> str:
    """What a string says, as far as the code tells."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) if isinstance(part, ast.Constant) else "…" for part in node.values)
    return ""


def _is_error(one: Any) -> bool:
    return inspect.isclass(one) and issubclass(one, ScreentestError)


def _entry(name: str) -> str:
    one = getattr(screentest, name)
    said = _prose(inspect.getdoc(one) or "")
    return f"### `{name}`\n\n```python\n{name}{_signature(one)}\n```\n\n{said}\n"


def _signature(one: Any) -> str:
    """The parameters, a line each where they are many; a default that would fill a page is left out."""
    try:
        signature = inspect.signature(one)
    except ValueError:
        return ""
    words, is_named = [], False
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not is_named:
            words.append("*")
            is_named = True
        default = "" if parameter.default is parameter.empty else f" = {_short(parameter.default)}"
        words.append(f"{parameter.name}: {parameter.annotation}{default}")
    returned = signature.return_annotation
    arrow = "" if returned in (signature.empty, "None", None) else f" -> {returned}"
    line = f"({', '.join(words)}){arrow}"
    return line if len(line) < 80 else "(\n    " + ",\n    ".join(words) + f",\n){arrow}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 30 and "<" not in text else "..."


def _summary(one: type) -> str:
    return " ".join((inspect.getdoc(one) or "").split("\n\n")[0].split())


def _prose(docstring: str) -> str:
    """As Markdown: code in single backticks."""
    return re.sub(r"``([^`]+)``", r"`\1`", docstring)


def _cell(text: str) -> str:
    return re.sub(r"``([^`]+)``", r"`\1`", text).replace("|", "\\|")
