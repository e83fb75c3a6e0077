"""The studio's secret: what lets a browser in, and outlives the server."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from screentest.client.errors import ConfigError
from screentest.client.studio.doors.secret import SecretFile, StudioSecret, studio_secret, unfit

GOOD = b"ab" * 32 + b"\n"
FILE = stat.S_IFREG | 0o600


def secret_of(home: Path) -> Path:
    return home / "studio" / "secret"


def quiet(home: Path) -> StudioSecret:
    """The secret of a home, which is to need no word about it."""
    return studio_secret(home, warn=pytest.fail)


def test_a_restarted_studio_has_the_same_token_and_cookie(home: Path) -> None:
    before, after = quiet(home), quiet(home)
    assert before.token == after.token
    assert before.cookie("http") == after.cookie("http")
    assert before.name == after.name


def test_two_homes_share_neither_token_nor_cookie_nor_its_name(tmp_path: Path) -> None:
    one, other = quiet(tmp_path / "one"), quiet(tmp_path / "other")
    derived = [(s.token, s.cookie("http"), s.cookie("https"), s.name) for s in (one, other)]
    assert len({*derived[0], *derived[1]}) == 8


def test_nobody_else_may_read_the_secret_whatever_the_umask(home: Path) -> None:
    before = os.umask(0)
    try:
        quiet(home)
    finally:
        os.umask(before)
    file = secret_of(home)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (file, file.parent, home)] == [
        0o600,
        0o700,
        0o700,
    ]


def test_token_and_cookie_need_no_escape_and_no_one_guesses_them(home: Path) -> None:
    secret = quiet(home)
    for value in (secret.token, secret.cookie("http")):
        assert len(value) == 43
        assert value.replace("-", "").replace("_", "").isalnum()


def test_the_cookie_gives_neither_the_token_nor_the_secret_away(home: Path) -> None:
    secret, kept = quiet(home), secret_of(home).read_text().strip()
    assert f"{secret!r} {secret}" == "StudioSecret() StudioSecret()"
    shown = f"{secret.cookie('http')} {secret.name}"
    assert secret.token not in shown
    assert kept not in f"{shown} {secret.token}"


def test_a_cookie_seen_over_plain_http_opens_no_door_of_tls(home: Path) -> None:
    secret = quiet(home)
    assert secret.cookie("http") != secret.cookie("https")


def test_studios_that_start_at_once_agree(home: Path) -> None:
    tokens: list[str] = []
    together = threading.Barrier(8)

    def start() -> None:
        together.wait()
        tokens.append(quiet(home).token)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tokens) == 8
    assert set(tokens) == {quiet(home).token}


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", GOOD[:-2], GOOD[:-1], GOOD + b"x", GOOD.upper(), b"\0" * 65, b"zz" * 32 + b"\n"],
)
def test_a_damaged_secret_is_replaced_with_a_word(home: Path, content: bytes) -> None:
    before = quiet(home).token
    secret_of(home).write_bytes(content)
    said: list[str] = []
    made = studio_secret(home, warn=said.append)
    assert made.token != before
    assert "damaged" in said[0]
    assert "new address" in said[0]
    assert quiet(home).token == made.token


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o660, 0o644])
def test_a_secret_that_others_could_read_is_replaced_with_a_word(home: Path, mode: int) -> None:
    before = quiet(home).token
    secret_of(home).chmod(mode)
    said: list[str] = []
    made = studio_secret(home, warn=said.append)
    assert made.token != before
    assert "others" in said[0]
    assert stat.S_IMODE(secret_of(home).stat().st_mode) == 0o600


def test_a_word_about_the_secret_does_not_hold_it(home: Path) -> None:
    old = quiet(home).token
    kept = secret_of(home).read_text().strip()
    secret_of(home).chmod(0o644)
    said: list[str] = []
    studio_secret(home, warn=said.append)
    assert kept not in said[0]
    assert old not in said[0]


def test_a_link_is_not_followed_to_a_secret(home: Path, tmp_path: Path) -> None:
    quiet(home)
    planted = tmp_path / "planted"
    planted.write_bytes(GOOD)
    planted.chmod(0o600)
    secret_of(home).unlink()
    secret_of(home).symlink_to(planted)
    with pytest.raises(ConfigError, match="it is a link"):
        quiet(home)


def test_what_is_no_file_is_refused(home: Path) -> None:
    quiet(home)
    secret_of(home).unlink()
    os.mkfifo(secret_of(home), 0o600)
    with pytest.raises(ConfigError, match="not a file of this user"):
        quiet(home)


def test_a_folder_in_its_place_is_refused(home: Path) -> None:
    (home / "studio" / "secret").mkdir(parents=True)
    with pytest.raises(ConfigError, match="not a file of this user"):
        quiet(home)


def test_somebody_elses_secret_is_refused() -> None:
    with pytest.raises(ConfigError, match="not a file of this user") as raised:
        unfit(SecretFile(FILE, 1001, GOOD), user=1000)
    assert "delete it" in raised.value.hint


def test_ones_own_secret_does() -> None:
    assert unfit(SecretFile(FILE, 1000, GOOD), user=1000) == ""


def test_a_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(ConfigError):
        quiet(tmp_path / "home")
