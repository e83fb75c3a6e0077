"""What others wrote, fit to be shown: without keys, signatures, queries and control characters.

A text of the service can repeat our requests in any spelling: percent-encoded, JSON-escaped, as
HTML, without a scheme, across lines. So each word is decoded first, and where the decoded word holds
something secret, that is what is shown, with the secret taken out.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from urllib.parse import unquote

from screentest.prep.core.text import printable

HIDDEN = "***"
MOST_LETTERS = 500
_MOST_READ = 4_000
"""Letters; some of the patterns take the square of it."""
_ROUNDS = 6
"""How often a word may have been encoded over: each relay on the way may do it once more."""

_ESCAPE = re.compile(r"\\+u\{?([0-9a-f]{2,6})\}?|\\+x([0-9a-f]{2})", re.IGNORECASE)
_SLASH = re.compile(r"\\+(?=[/?&=:\"'-])")
_NAMES = (
    r"signature(?:provided)?|credential|awsaccesskeyid|googleaccessid|[\w-]*token|[\w-]*secret"
    r"|[\w-]*api-?_?key|access-?_?key(?:-?_?id)?|password|authorization"
)
_NEVER_SHOWN = (
    # Words with a scheme of authorization before them.
    (re.compile(r"\b(bearer|basic|aws4-hmac-sha256)[\s:=]+[^\s\"'<>,;]+", re.IGNORECASE), r"\1 ***"),
    (re.compile(r"(://)[^\s/@\"'<>?#]*@"), r"\1***@"),
    (re.compile(r"(://[^\s?\"'<>]*)\?[^\s\"'<>]*"), r"\1?..."),
    (re.compile(r"\?[^\s\"'<>=]*=[^\s\"'<>]*"), "?..."),
    (
        re.compile(r"\b(x-(?:amz|goog|api|auth)-[\w-]+)[\"']?\s*[=:]\s*[\"']?[^\s\"'<>,;&]+", re.I),
        r"\1=***",
    ),
    (
        re.compile(
            rf"\b(sig|policy|key-pair-id|{_NAMES})[\"']?=[\"']?[^\s\"'<>,;&]+",
            re.IGNORECASE,
        ),
        r"\1=***",
    ),
    # The same names with another sign between: in JSON, in XML, in a table, in a sentence.
    (
        re.compile(
            rf"\b({_NAMES})\b[\"']?\s*[:|>]\s*[\"']?(?=[^\s\"'<>,;&]*\d)[^\s\"'<>,;&|]{{8,}}",
            re.IGNORECASE,
        ),
        r"\1=***",
    ),
    (re.compile(rf"\b({_NAMES})\s+(?=\S*\d)[\w+/=%-]{{16,}}", re.IGNORECASE), r"\1 ***"),
    (re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{8,}"), HIDDEN),
)


def scrubbed(text: str, *, secrets: Sequence[str] = (), most: int = MOST_LETTERS) -> str:
    """At most ``most`` letters of the text on one line, with nothing secret in any spelling.

    ``secrets``: keys that may be in it. What has a query loses it, what looks like a signature, a
    credential or a token loses its value; control characters are escaped.
    """
    if len(text) > _MOST_READ:
        # Not in the middle of a word: half a key would not be found.
        text = "".join(text[:_MOST_READ].rsplit(maxsplit=1)[:1]) if " " in text[:_MOST_READ] else ""
    known = [secret for secret in secrets if secret]
    line = " ".join(_word(word, known) for word in text.split())
    return printable(_without_secrets(line, known))[:most]


def _word(word: str, secrets: Sequence[str]) -> str:
    """The word as it is, or decoded and cut where what it means is secret."""
    plain = _decoded(word)
    cut = _without_secrets(plain, secrets)
    return word if cut == plain else cut


def _decoded(word: str) -> str:
    for _ in range(_ROUNDS):
        once = unquote(html.unescape(_SLASH.sub("", _ESCAPE.sub(_letter, word))))
        if once == word:
            break
        word = once
    # A letter that nobody sees would part a name in two.
    return "".join(letter for letter in word if letter.isprintable())


def _letter(escape: re.Match[str]) -> str:
    code = int(escape[1] or escape[2], 16)
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code < 0xE000 else ""


def _without_secrets(text: str, secrets: Sequence[str]) -> str:
    for secret in secrets:
        text = re.sub(re.escape(secret), HIDDEN, text, flags=re.IGNORECASE)
    for pattern, instead in _NEVER_SHOWN:
        text = pattern.sub(instead, text)
    return text
