"""Two or three real calls of each command: at the end of its help, and so in the docs and man pages."""

from __future__ import annotations

from collections.abc import Mapping

EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "": (
        "screentest register interview.mov --name Joe --sandbox",
        'screentest video "Joe waves." --character Joe --sandbox',
        "screentest doctor",
    ),
    "probe": ("screentest probe raw.mov", "screentest probe s3://my-footage/raw.mov --json"),
    "scan": ("screentest scan raw.mov", "screentest scan raw.mov --rotate 90 --json"),
    "pick": (
        "screentest pick raw.mov",
        "screentest pick raw.mov --start 1:00 --end 2:30 --report why.html",
        "screentest pick raw.mov --match joe.jpg --orientation portrait",
    ),
    "clip": (
        "screentest clip raw.mov -o joe.mp4",
        "screentest clip raw.mov --runner-up 2 --person 1",
        "screentest clip wide.mov --orientation portrait --fit crop --audio remove",
    ),
    "sheet": (
        "screentest sheet raw.mov -o stills",
        "screentest sheet day1.mov day2.mov -o stills --framing head --match joe.jpg",
    ),
    "check": (
        "screentest check joe.mp4",
        "screentest check joe.mp4 --model {other_model}",
    ),
    "compare": (
        "screentest compare made.mp4 --character Joe",
        "screentest compare made.mp4 --photo joe.jpg --report likeness.html",
    ),
    "register": (
        "screentest register raw.mov --name Joe --sandbox",
        "screentest register raw.mov --name Joe --max-cost 0.10",
        "screentest register day1.mov day2.mov --name Joe --dry-run",
    ),
    "batch": (
        "screentest batch footage --dry-run",
        "screentest batch footage --init-manifest people.csv",
        "screentest batch --manifest people.csv --max-cost 5 --report picks.html",
    ),
    "studio": (
        "screentest studio footage --sandbox",
        "screentest studio footage --no-open --port 8123",
    ),
    "characters": ("screentest characters list", "screentest characters show Joe"),
    "characters list": (
        "screentest characters list",
        "screentest characters list --deleted --json",
    ),
    "characters show": (
        "screentest characters show Joe",
        "screentest characters show Joe --id",
        "screentest characters show char_8f2c --json",
    ),
    "characters export": (
        "screentest characters export > characters.json",
        "screentest characters export --csv > characters.csv",
    ),
    "characters import": (
        "screentest characters import characters.json",
        "screentest --home /srv/characters characters import characters.json",
    ),
    "characters consent": (
        'screentest characters consent Joe "signed on 2026-11-02"',
        'screentest characters consent Joe ""',
    ),
    "characters accounts": (
        "screentest characters accounts",
        "screentest characters accounts --json",
    ),
    "characters rename-account": (
        "screentest characters rename-account default agency",
        "screentest characters rename-account default agency --key 3f9a",
    ),
    "characters delete": (
        "screentest characters delete Joe",
        "screentest characters delete Joe --all --keep-clip --yes",
    ),
    "characters reconcile": (
        "screentest characters reconcile",
        "screentest characters reconcile Joe --forget",
    ),
    "characters wait": (
        "screentest characters wait",
        "screentest characters wait Joe Ann --timeout 1800",
    ),
    "video": (
        'screentest video "Joe waves." --character Joe --sandbox',
        'screentest video "Joe and Ann dance." --character Joe --character Ann',
        'screentest video "Joe runs." --character Joe --duration 8 --max-cost 1',
    ),
    "videos": ("screentest videos list", "screentest videos reconcile"),
    "videos list": ("screentest videos list", "screentest videos list --json"),
    "videos show": ('screentest videos show "Joe waves."', "screentest videos show 3f9a1c"),
    "videos reconcile": (
        "screentest videos reconcile",
        'screentest videos reconcile "Joe waves." -o joe-waves.mp4',
    ),
    "spent": (
        "screentest spent",
        "screentest spent --since 2026-11-01 --by character",
        "screentest spent --by model --json",
    ),
    "doctor": ("screentest doctor", "screentest doctor --sandbox"),
    "balance": ("screentest balance", "screentest balance --json"),
    "price": (
        "screentest price",
        "screentest price {video_model} --duration 8 --size 1280x720",
    ),
    "models": (
        "screentest models",
        "screentest models {other_model}",
        "screentest models --all --json",
    ),
    "tasks": ("screentest tasks list", "screentest tasks delete task_1"),
    "tasks list": (
        "screentest tasks list",
        "screentest tasks list --model {model} --json",
    ),
    "tasks delete": ("screentest tasks delete task_1", "screentest tasks delete task_1 task_2"),
    "storage": ("screentest storage clean --dry-run", "screentest storage clean"),
    "storage clean": (
        "screentest storage clean --dry-run",
        "screentest storage clean --bucket my-clips",
    ),
    "sandbox": ("screentest sandbox up", "screentest sandbox up --strict"),
    "sandbox up": (
        "screentest sandbox up",
        "screentest sandbox up --faults faults.json --data /tmp/practice",
    ),
    "config": ("screentest config show", "screentest config init"),
    "config show": (
        "screentest config show",
        "screentest config show --bucket other-clips --json",
    ),
    "config init": ("screentest config init", "screentest config init --overwrite"),
    "completion": (
        "screentest completion bash > ~/.screentest-complete.bash",
        "screentest completion fish > ~/.config/fish/completions/screentest.fish",
    ),
    "help": ("screentest help register", "screentest help characters show"),
}
"""By the words that call the command, "" for none; models by what they are, as no code names one."""


def examples_of(command: str) -> tuple[str, ...]:
    """The examples of a command, with models that are known today."""
    lines = EXAMPLES[command]
    if not any("{" in line for line in lines):
        return lines
    from screentest.client.remote.character_models import MODELS
    from screentest.client.remote.video_models import TEXT_MODEL

    model, other_model, *_ = MODELS
    named = {"model": model, "other_model": other_model, "video_model": TEXT_MODEL}
    return tuple(line.format(**named) for line in lines)


def epilog(command: str) -> str:
    """What is said after a command's help; each example stays on its line."""
    return "\b\nExamples:\n" + "".join(f"  {one}\n" for one in examples_of(command))
