"""Remedies as a terminal says them: with the option or the command that does it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace

from screentest.prep.core.remedy import Kind, Remedy, in_words

SPOKEN: Mapping[Kind, str] = {
    "sheet": "see what `screentest sheet` makes of it",
    "image": "{words} with --image",
    "prompt": "use --fix-prompt, or write: {values}",
    "description": "{words} with --description",
    "start_s": "{words} with --start",
    "length_s": "{words} with --length",
    "min_score": "{words} with --min-score",
    "person": "{words} with --person",
    "list_people": "run `screentest scan` to see them, with a picture each",
    "subject": "say what it is with --subject",
    "reference": "{words} with --reference {values}",
    "rotate": "rotate the footage with --rotate {values}",
    "without": "leave {both} out",
    "one_of": "keep only one of {both}",
    "check": "see what `screentest check` says",
    "out": "{words} with -o",
    "overwrite": "{words} with --overwrite",
    "home": "{words} with --home or SCREENTEST_HOME",
    "allow_private": "{words} with --allow-private",
    "insecure_cluster": "{words} with --insecure-cluster",
    "fetch_limit": "{words} with --fetch-limit",
    "account": "{words} with --account NAME",
    "rename_account": "{words} with `screentest characters rename-account`",
    "list_accounts": "see what `screentest characters accounts` shows",
    "one_service": "{words} with --service URL",
    "settings": "{words}, or run `screentest config init`",
    "sandbox": "pass --sandbox to {words}",
    "model": "try --model {values}",
    "list_models": "see what `screentest models --all` lists",
    "unverified": "pass --unverified to {words}",
    "size": "use --size {values}",
    "max_cost_usd": "raise --max-cost to go on",
    "host": "{words} with --host",
    "this_machine": "leave --host out",
    "port": "{words} with --port",
    "let_others_reach_it": "pass --i-know to {words}",
    "tls": "{words} with --tls-certificate and --tls-key",
    "list_characters": "see what `screentest characters list` shows",
    "list_videos": "see what `screentest videos list` shows",
    "reconcile": "run `screentest characters reconcile`",
    "reconcile_video": "run `screentest videos reconcile {values}` with -o FILE",
    "decide": "look at `screentest tasks list`, then decide about {values} by "
    "`screentest characters reconcile` with --adopt TASK_ID or --forget",
    "decide_video": "look at `screentest tasks list`, then decide about {values} by "
    "`screentest videos reconcile` with --adopt TASK_ID or --forget",
    "wait": "run `screentest characters wait`",
    "register_again": "run `screentest register RAW` with footage of them and --character {values}",
    "register_at": "run `screentest register` with --character {first} and --model {last}",
    "shares_name": "pass --yes to register another one of this name",
    "even_skipped": "pass --yes to register it all the same",
    "again": "pass --again to order it again as it is decided now",
    "go_on": "run the `screentest register` command that began it, which goes on with it",
    "go_on_video": "run the `screentest video` command that began it, which goes on with it",
    "export": "give a file that `screentest characters export` wrote",
    "import": "bring a `screentest characters export` back with `screentest characters import`",
    "retry": "run the same command again{when}",
}
"""What a kind becomes on the command line; {words} are its own. The others are said as they are."""


_OF_SERVICES = re.compile(
    r"`screentest (?:characters (?:reconcile|wait)|videos reconcile|tasks list|models|register|video)\b"
    r"(?![^`]*--sandbox)[^`]*"
)
"""A command that asks a service, up to the end of what is to be typed."""


def spoken(remedies: Sequence[Remedy], *, sandbox: bool = False) -> str:
    """The hint of an error, with flags and commands; "" where nothing helps.

    ``sandbox``: of what happened with --sandbox, which such commands then want as well.
    """
    hint = in_words(remedies, clause=_clause)
    return _OF_SERVICES.sub(lambda found: f"{found[0]} --sandbox", hint) if sandbox else hint


_COPIED = ("register_again", "register_at")
"""Kinds whose values stand in a command to copy."""


def _clause(remedy: Remedy) -> str:
    if remedy.kind in _COPIED:
        remedy = replace(remedy, values=tuple(map(shlex.quote, remedy.values)))
    return remedy.filled(SPOKEN.get(remedy.kind, "{words}"), named=_flag)


def _flag(name: str) -> str:
    return f"--{name.removesuffix('_s').removesuffix('_deg').replace('_', '-')}"
