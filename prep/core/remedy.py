"""What can be done about an error, as data: whatever shows it chooses the words.

A terminal names the option (``client.cli.output.remedies``), a page draws a button, and an error's
``hint`` says it in plain words. No remedy names a flag or a command.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

Kind = Literal[
    # In words alone: a whole sentence, or something that only a person can do.
    "note",
    "by_hand",
    # Other material.
    "footage",
    "sheet",
    "photo",
    "image",
    "prompt",
    "description",
    # Another choice of the window, of who it shows, of how.
    "start_s",
    "length_s",
    "min_score",
    "person",
    "list_people",
    "subject",
    "reference",
    "rotate",
    "without",
    "one_of",
    "check",
    # Another place.
    "out",
    "overwrite",
    "home",
    # Another service, model or price.
    "settings",
    "allow_private",
    "insecure_cluster",
    "fetch_limit",
    "account",
    "rename_account",
    "list_accounts",
    "one_service",
    "sandbox",
    "model",
    "list_models",
    "unverified",
    "size",
    "max_cost_usd",
    # Another place to listen.
    "host",
    "this_machine",
    "port",
    "let_others_reach_it",
    "tls",
    # What is recorded, and what is open.
    "list_characters",
    "list_videos",
    "reconcile",
    "reconcile_video",
    "decide",
    "decide_video",
    "wait",
    "register_again",
    "register_at",
    "shares_name",
    "even_skipped",
    "again",
    "go_on",
    "go_on_video",
    "export",
    "import",
    # The very same once more.
    "retry",
]


def _as_words(name: str) -> str:
    return name.removesuffix("_s").replace("_", " ")


@dataclass(frozen=True, slots=True)
class Remedy:
    """One thing that could be done.

    ``values``: what to choose from, such as models, sizes, a prompt; for ``without`` and ``one_of``
    names of wishes; for ``register_at`` a character and a model; for ``retry`` when, in a word; for
    ``decide`` what about. ``at_least``/``at_most``:
    the range of a number; for ``retry`` the seconds to wait first. ``words``: a clause that says it
    better than the kind's own; for a ``note`` the sentence itself.
    """

    kind: Kind
    values: tuple[str, ...] = ()
    at_least: float | None = None
    at_most: float | None = None
    words: str = ""

    @property
    def plain(self) -> str:
        """The clause in plain words, for any place that shows it."""
        return self.words or self.filled(PLAIN[self.kind])

    def filled(self, text: str, *, named: Callable[[str], str] = _as_words) -> str:
        """``text`` with what it names put in: {values}, {first}, {last}, {both}, {range}, {when},
        {words}.

        ``named``: how the name of a wish is written.
        """
        return text.format(
            values=" or ".join(self.values),
            first=self.values[0] if self.values else "",
            last=self.values[-1] if self.values else "",
            both=" and ".join(map(named, self.values)),
            range=f"{self.at_least or 0:g} to {self.at_most or 0:g}",
            when="".join(f" {value}" for value in self._when),
            words=self.plain if "{words}" in text else "",
        )

    @property
    def _when(self) -> tuple[str, ...]:
        return self.values if self.at_least is None else (f"in {self.at_least:.0f} s",)


Clause = Callable[[Remedy], str]


PLAIN: Mapping[Kind, str] = {
    "note": "",
    "by_hand": "handle it by hand",
    "footage": "use other footage",
    "sheet": "look at the sides that the footage shows",
    "photo": "use another photo",
    "image": "give an image",
    "prompt": "write: {values}",
    "description": "describe the character",
    "start_s": "choose the window by hand",
    "length_s": "ask for {range} s",
    "min_score": "allow a lower score",
    "person": "choose a person by number",
    "list_people": "choose one of the people that a scan finds",
    "subject": "say what it is: a person, an animal, a drawing or an object",
    "reference": "give it by {values}",
    "rotate": "rotate the footage by {values} degrees",
    "without": "leave {both} out",
    "one_of": "keep only one of {both}",
    "check": "check the clip against the model's rules",
    "out": "name another file",
    "overwrite": "replace the file",
    "home": "choose another folder for the registry",
    "settings": "check the settings",
    "allow_private": "allow addresses in private networks",
    "insecure_cluster": "agree to a scheduler without encryption",
    "fetch_limit": "allow a larger file",
    "account": "name the account",
    "rename_account": "rename the account",
    "list_accounts": "see which accounts are recorded",
    "one_service": "name the service",
    "sandbox": "work with the sandbox",
    "model": "choose the model {values}",
    "list_models": "see which models the service has",
    "unverified": "take a model whose fields are assumed all the same",
    "size": "choose the size {values}",
    "max_cost_usd": "allow a higher price",
    "host": "choose another address",
    "this_machine": "listen at this machine alone",
    "port": "choose another port",
    "let_others_reach_it": "say that others may reach it",
    "tls": "give a certificate and its key",
    "list_characters": "see which characters are recorded",
    "list_videos": "see which videos are recorded",
    "reconcile": "settle what earlier runs left open",
    "reconcile_video": "settle the video {values}",
    "decide": "look at the service, then adopt its task or forget the submit",
    "decide_video": "look at the service, then adopt its task or forget the submit",
    "wait": "wait for the task",
    "register_again": "register other footage as {values}",
    "register_at": "register {first} at {last}",
    "shares_name": "say that another character is to have the name",
    "even_skipped": "say that it is to be registered all the same",
    "again": "order it again as it is decided now",
    "go_on": "register it the same way again, which goes on with it",
    "go_on_video": "ask for the video the same way again, which goes on with it",
    "export": "give a file that holds an exported registry",
    "import": "import an export of the registry",
    "retry": "try again{when}",
}
"""What each kind says where a remedy has no words of its own."""


def remedies_of(*ways: str | Remedy) -> tuple[Remedy, ...]:
    """Remedies, a sentence among them as a note; an empty one is left out."""
    made = (Remedy("note", words=way) if isinstance(way, str) else way for way in ways)
    return tuple(remedy for remedy in made if remedy.kind != "note" or remedy.words)


def plain_clause(remedy: Remedy) -> str:
    """What a remedy is in plain words."""
    return remedy.plain


def in_words(remedies: Sequence[Remedy], *, clause: Clause = plain_clause) -> str:
    """All remedies on one line: each note as it is, the remedies between notes as alternatives."""
    parts = (
        [one.words for one in some] if is_note else [_sentence(list(some), clause)]
        for is_note, some in groupby(remedies, key=lambda remedy: remedy.kind == "note")
    )
    return " ".join(sentence for some in parts for sentence in some)


def _sentence(alternatives: Sequence[Remedy], clause: Clause) -> str:
    *first, last = map(clause, alternatives)
    text = f"{', '.join(first)}, or {last}" if first else last
    # A stop after a text to copy would be copied with it.
    end = "" if alternatives[-1].kind == "prompt" or text.endswith(".") else "."
    return text[:1].upper() + text[1:] + end
