"""Settings: what beats what, which values are refused, and secrets that stay secret."""

from __future__ import annotations

import copy
import dataclasses
import json
import logging
import pickle
import traceback
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screentest.client.config import (
    API_PATH,
    DEFAULT_BASE_URL,
    WEEK_S,
    S3Access,
    Secret,
    Settings,
    default_home,
    normal_base_url,
    private_folder,
    require_webhook,
    settings_from,
)
from screentest.client.errors import ConfigError, NoCredentials
from tests.permissions import bound_by_permissions

HOME = Path("/home/joe/screentest")
REAL = {"WAVESPEED_API_KEY": "key-1234567890", "SCREENTEST_BUCKET": "mine"}
SANDBOX = {
    "WAVESPEED_BASE_URL": "http://127.0.0.1:4001",
    "WAVESPEED_API_KEY": "sandbox-key",
    "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:4002",
    "AWS_ACCESS_KEY_ID": "A",
    "AWS_SECRET_ACCESS_KEY": "S",
    "SCREENTEST_BUCKET": "clips",
}
HIDDEN = "hunter2-hunter2"


# Secrets


@pytest.mark.parametrize("shape", ["{}", "{!s}", "{!r}", "{:>20}"])
def test_no_way_to_format_a_secret_shows_it(shape: str) -> None:
    assert HIDDEN not in shape.format(str(Secret(HIDDEN)) if ">" in shape else Secret(HIDDEN))


def test_a_secret_is_hidden_inside_whatever_holds_it() -> None:
    held = {"key": [Secret(HIDDEN)], "s3": S3Access(access_key=Secret(HIDDEN))}
    assert HIDDEN not in f"{held} {held!r}"


def test_a_secret_does_not_get_into_json_by_mistake() -> None:
    with pytest.raises(TypeError) as caught:
        json.dumps({"key": Secret(HIDDEN)})
    assert HIDDEN not in str(caught.value)


def test_a_secret_is_not_shown_by_a_log_or_a_traceback(caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret(HIDDEN)
    logging.getLogger("made.up").warning("with %s and %r", secret, secret)
    try:
        raise ValueError(secret)
    except ValueError as error:
        told = "".join(traceback.format_exception(error))
    assert HIDDEN not in caplog.text + told


def test_a_secret_cannot_be_changed_behind_the_settings() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Secret("a")._value = "b"  # type: ignore[misc]


def test_settings_survive_the_way_to_a_worker_process() -> None:
    settings = settings_from(REAL, home=HOME, sandbox_env=SANDBOX)
    for twin in (pickle.loads(pickle.dumps(settings)), copy.deepcopy(settings)):
        assert twin == settings
        assert twin.s3.secret_key is not None
        assert twin.s3.secret_key.reveal() == "S"


@given(rest=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=4, max_size=40))
def test_what_a_key_is_known_by_gives_nothing_of_it_away(rest: str) -> None:
    key = f"wsk-{rest}"
    settings = settings_from({**REAL, "WAVESPEED_API_KEY": key}, home=HOME)
    assert key not in settings.key_hash
    assert len(settings.key_hash) == 16
    assert settings.key_hash == settings_from({**REAL, "WAVESPEED_API_KEY": key}, home=HOME).key_hash
    assert key not in repr(settings)


def test_spaces_around_a_pasted_key_make_no_other_key() -> None:
    pasted = settings_from({**REAL, "WAVESPEED_API_KEY": " key-1234567890\n"}, home=HOME)
    assert pasted.key_hash == settings_from(REAL, home=HOME).key_hash


@pytest.mark.parametrize("key", ["top secret", "tab\tkey", "clé-secret", "key\x00secret", "key\x7f"])
def test_a_key_that_cannot_go_into_a_header_is_refused_unshown(key: str) -> None:
    with pytest.raises(ConfigError, match="WAVESPEED_API_KEY") as caught:
        settings_from({**REAL, "WAVESPEED_API_KEY": key}, home=HOME)
    assert key not in f"{caught.value!r}{caught.value.hint}"


# Which source counts


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WAVESPEED_API_KEY", "mine"),
        ("WAVESPEED_BASE_URL", "https://mine.example"),
        ("SCREENTEST_BUCKET", "mine"),
        ("AWS_ENDPOINT_URL_S3", "https://mine.example"),
        ("AWS_ACCESS_KEY_ID", "mine"),
        ("AWS_SECRET_ACCESS_KEY", "mine"),
        ("AWS_REGION", "mine"),
    ],
)
def test_nothing_of_the_callers_own_gets_into_the_sandbox(name: str, value: str) -> None:
    quiet = settings_from({}, home=HOME, sandbox_env=SANDBOX)
    assert settings_from({name: value}, home=HOME, sandbox_env=SANDBOX) == quiet


def test_a_sandbox_that_is_not_ready_does_not_fall_back_to_the_real_account() -> None:
    broken = {name: value for name, value in SANDBOX.items() if name != "WAVESPEED_API_KEY"}
    with pytest.raises(NoCredentials):
        settings_from(REAL, home=HOME, sandbox_env=broken)


@pytest.mark.parametrize("url", ["", None])
def test_the_services_own_address_is_the_default(url: str | None) -> None:
    environ = REAL if url is None else {**REAL, "WAVESPEED_BASE_URL": url}
    assert settings_from(environ, home=HOME).base_url == DEFAULT_BASE_URL


def test_a_key_is_enough_where_nothing_is_uploaded() -> None:
    environ = {"WAVESPEED_API_KEY": "key-1234567890"}
    assert settings_from(environ, home=HOME, needs_bucket=False).bucket == ""


def test_all_that_is_missing_is_told_at_once() -> None:
    with pytest.raises(NoCredentials, match=r"WAVESPEED_API_KEY and SCREENTEST_BUCKET are"):
        settings_from({}, home=HOME)


def test_the_region_of_other_sdks_is_taken_where_boto3_finds_none() -> None:
    assert settings_from({**REAL, "AWS_REGION": "eu-west-1"}, home=HOME).s3.region == "eu-west-1"
    assert settings_from(REAL, home=HOME).s3.region is None


def test_two_real_services_are_two_services() -> None:
    other = settings_from({**REAL, "WAVESPEED_BASE_URL": "https://other.example"}, home=HOME)
    assert other.service != settings_from(REAL, home=HOME).service
    assert not other.sandbox


# Values that cannot be


@pytest.mark.parametrize("seconds", [-1, 0, 59, WEEK_S + 1])
def test_a_url_lives_within_what_s3_grants(seconds: int) -> None:
    with pytest.raises(ConfigError, match=str(seconds)):
        Settings(HOME, DEFAULT_BASE_URL, Secret("k"), "b", False, url_expires_s=seconds)


@pytest.mark.parametrize("seconds", [60, WEEK_S])
def test_the_shortest_and_the_longest_life_are_allowed(seconds: int) -> None:
    settings = Settings(HOME, DEFAULT_BASE_URL, Secret("k"), "b", False, url_expires_s=seconds)
    assert settings.url_expires_s == seconds


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "   ",
        "http://",
        "http:///api/v3",
        "http://[::1",
        "http://[zz]/",
        "http://host:port",
        "http://host:99999",
        "http://ho st/",
        f"https://joe:{HIDDEN}@host",
        f"https://:{HIDDEN}@host",
        f"https://host?token={HIDDEN}",
        f"ftp://joe:{HIDDEN}@host",
        f"http://joe:{HIDDEN}@127.0.0.1",
        f"https://host/#{HIDDEN}",
        "https://ho\tst",
        "https://héros.example",
        "https://api.wavespeed.ai\\.theirs.example",
        "https://api.wavespeed.ai%2etheirs.example",
        "https://-x.example",
        "https://x..example",
        "https://2130706433",
        "https://0x7f.1",
        "https://127.1",
        "https://1.2.3.256",
    ],
)
def test_an_address_no_request_can_go_to_is_refused_before_any_bill(wrong: str) -> None:
    with pytest.raises(ConfigError, match="WAVESPEED_BASE_URL") as caught:
        normal_base_url(wrong)
    assert HIDDEN not in f"{caught.value!r}{caught.value.hint}"


@pytest.mark.parametrize(
    "plain",
    [
        "http://api.wavespeed.ai",
        "HTTP://api.wavespeed.ai",
        "http://10.0.0.8",
        "http://localhost.theirs.example",
        "http://127.0.0.1.theirs.example",
        "http://0.0.0.0",
        "http://[::2]",
        "http://169.254.169.254",
    ],
)
def test_a_key_does_not_cross_the_network_in_plain_text(plain: str) -> None:
    with pytest.raises(ConfigError, match="plain http") as caught:
        normal_base_url(plain)
    assert "https" in caught.value.hint


@pytest.mark.parametrize("url", ["", "https://me.example/hook?a=b", "http://127.0.0.1:8000/hook"])
def test_a_webhook_that_can_be_called_is_taken(url: str) -> None:
    require_webhook(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://[x",
        "https://[x]/hook",
        "https://host:port/hook",
        "https://host:99999",
        "https:///hook",
        "host/hook",
        "ftp://host",
        "https://host/a b",
        "https://host/\n",
        "https://host/\udcff",
        "https://héros.example/hook",
    ],
)
def test_a_webhook_that_nobody_can_call_is_refused_before_any_bill(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        require_webhook(url)
    assert caught.value.hint


def test_a_bucket_that_is_not_text_is_refused() -> None:
    with pytest.raises(ConfigError, match="UTF-8"):
        settings_from({**REAL, "SCREENTEST_BUCKET": "clips\udcff"}, home=HOME)


@given(
    host=st.from_regex(r"[a-z]([a-z0-9]{0,8}[a-z0-9])?(\.[a-z]{2,5})?", fullmatch=True),
    port=st.one_of(st.none(), st.integers(1, 65_535)),
    path=st.sampled_from(["", "/", "/v1", "/api/v3", "/api/v3/", "/gate/api/v3//"]),
    scheme=st.sampled_from(["https", "HTTPS"]),
)
def test_one_service_has_one_address_however_it_is_written(
    host: str, port: int | None, path: str, scheme: str
) -> None:
    # The address is part of a registration's identity: two spellings would be two bills.
    url = f"{scheme}://{host}{f':{port}' if port else ''}{path}"
    normal = normal_base_url(url)
    assert normal.endswith(API_PATH)
    assert normal_base_url(normal) == normal
    assert normal_base_url(f" {url.upper().replace(path.upper(), path) if path else url}\n") == normal


# The home


def test_a_home_is_absolute_wherever_the_command_was_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert default_home({"SCREENTEST_HOME": "here"}) == tmp_path / "here"


def test_a_tilde_is_the_users_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_home({"SCREENTEST_HOME": "~/films"}) == tmp_path / "films"


def test_a_tilde_of_nobody_is_a_setting_to_change_and_no_crash() -> None:
    with pytest.raises(ConfigError, match="~nobody-of-that-name") as caught:
        default_home({"SCREENTEST_HOME": "~nobody-of-that-name/films"})
    assert caught.value.remedies[0].kind == "home"


def test_an_empty_setting_is_no_home() -> None:
    assert default_home({"SCREENTEST_HOME": ""}) == default_home({})


def test_a_folder_that_is_there_keeps_its_rights(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o755)
    shared.chmod(0o755)
    assert private_folder(shared).stat().st_mode & 0o777 == 0o755


def test_a_folder_below_a_file_is_refused_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError) as caught:
        private_folder(tmp_path / "file" / "home")
    assert "folder" in caught.value.hint


def test_a_folder_that_may_not_be_written_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "sealed"
    folder.mkdir(mode=0o500)
    with bound_by_permissions(), pytest.raises(ConfigError, match="sealed"):
        private_folder(folder)
