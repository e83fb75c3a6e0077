"""Settings: the right account and the right service, and no secret shown."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from screentest.client.config import (
    DEFAULT_BASE_URL,
    Secret,
    Settings,
    default_home,
    normal_base_url,
    private_folder,
    settings_from,
)
from screentest.client.errors import ConfigError, NoCredentials

HOME = Path("/home/joe/screentest")
REAL = {"WAVESPEED_API_KEY": "key-1234567890", "SCREENTEST_BUCKET": "mine"}
SANDBOX = {
    "WAVESPEED_BASE_URL": "http://127.0.0.1:4001",
    "WAVESPEED_API_KEY": "sandbox-key",
    "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:4002",
    "AWS_ACCESS_KEY_ID": "A",
    "AWS_SECRET_ACCESS_KEY": "S",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
    "SCREENTEST_BUCKET": "clips",
}


@pytest.mark.parametrize("missing", ["WAVESPEED_API_KEY", "SCREENTEST_BUCKET"])
def test_without_an_account_both_ways_out_are_named(missing: str) -> None:
    environ = {name: value for name, value in REAL.items() if name != missing}
    with pytest.raises(NoCredentials, match=missing) as caught:
        settings_from(environ, home=HOME)
    assert "WAVESPEED_API_KEY" in caught.value.hint
    assert [remedy.kind for remedy in caught.value.remedies] == ["settings", "sandbox"]


def test_a_blank_key_counts_as_missing() -> None:
    with pytest.raises(NoCredentials):
        settings_from({**REAL, "WAVESPEED_API_KEY": "  "}, home=HOME)


def test_the_sandbox_beats_the_callers_own_account() -> None:
    environ = {**REAL, "WAVESPEED_BASE_URL": "https://real.example", "AWS_REGION": "eu-west-1"}
    settings = settings_from(environ, home=HOME, sandbox_env=SANDBOX)
    assert settings.base_url == "http://127.0.0.1:4001/api/v3"
    assert settings.api_key.reveal() == "sandbox-key"
    assert settings.bucket == "clips"
    assert settings.s3.endpoint_url == "http://127.0.0.1:4002"
    assert settings.s3.region == "us-east-1"


def test_real_aws_settings_are_left_to_boto3() -> None:
    settings = settings_from({**REAL, "AWS_ACCESS_KEY_ID": "A"}, home=HOME)
    assert settings.s3.access_key is None
    assert settings.s3.endpoint_url is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://api.wavespeed.ai", DEFAULT_BASE_URL),
        ("https://api.wavespeed.ai/", DEFAULT_BASE_URL),
        ("https://API.wavespeed.ai/api/v3/", DEFAULT_BASE_URL),
        ("http://127.0.0.1:80", "http://127.0.0.1:80/api/v3"),
        ("https://gateway/wave", "https://gateway/wave/api/v3"),
        ("http://localhost:8000", "http://localhost:8000/api/v3"),
        ("http://api.localhost", "http://api.localhost/api/v3"),
        ("http://[::1]:80", "http://[::1]:80/api/v3"),
        ("https://10.0.0.8", "https://10.0.0.8/api/v3"),
    ],
)
def test_the_base_url_may_be_written_with_or_without_its_path(written: str, meant: str) -> None:
    assert normal_base_url(written) == meant


@pytest.mark.parametrize("wrong", ["api.wavespeed.ai", "ftp://x", "https://", "https://u:p@host"])
def test_a_base_url_that_cannot_be_right_is_refused(wrong: str) -> None:
    with pytest.raises(ConfigError):
        normal_base_url(wrong)


def test_a_key_that_would_break_a_header_is_refused_without_being_shown() -> None:
    with pytest.raises(ConfigError) as caught:
        settings_from({**REAL, "WAVESPEED_API_KEY": "top\nsecret"}, home=HOME)
    assert "secret" not in f"{caught.value!r} {caught.value.hint}"


def test_no_repr_shows_a_key() -> None:
    settings = settings_from(REAL, home=HOME, sandbox_env=SANDBOX)
    shown = f"{settings} {settings!r} {settings.api_key} {settings.s3}"
    assert "sandbox-key" not in shown
    assert "'S'" not in shown


def test_a_secret_survives_the_way_to_a_worker_process() -> None:
    assert pickle.loads(pickle.dumps(Secret("x"))).reveal() == "x"


def test_another_key_is_no_other_account() -> None:
    one = settings_from(REAL, home=HOME)
    other = settings_from({**REAL, "WAVESPEED_API_KEY": "key-other"}, home=HOME)
    assert one.account == other.account == "default"
    assert one.key_hash != other.key_hash
    assert one.api_key.reveal() not in one.key_hash


@pytest.mark.parametrize("sandbox_env", [None, SANDBOX])
def test_an_account_has_the_name_that_its_owner_gives_it(sandbox_env: dict[str, str] | None) -> None:
    named = {**REAL, "SCREENTEST_ACCOUNT": " Atelie\N{COMBINING ACUTE ACCENT} "}
    settings = settings_from(named, home=HOME, sandbox_env=sandbox_env)
    assert settings.account == "Ateli\N{LATIN SMALL LETTER E WITH ACUTE}"
    empty = settings_from({**REAL, "SCREENTEST_ACCOUNT": "  "}, home=HOME)
    assert (empty.account_name, empty.account) == (None, "default")


@pytest.mark.parametrize("name", ["a" * 81, "two\nlines", "\udc80"])
def test_an_account_that_nobody_could_name_again_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="account"):
        settings_from({**REAL, "SCREENTEST_ACCOUNT": name}, home=HOME)


def test_a_sandbox_on_another_port_is_the_same_service() -> None:
    moved = {**SANDBOX, "WAVESPEED_BASE_URL": "http://127.0.0.1:5001"}
    first = settings_from({}, home=HOME, sandbox_env=SANDBOX)
    second = settings_from({}, home=HOME, sandbox_env=moved)
    assert first.service == second.service == "sandbox"


def test_a_url_cannot_be_asked_to_live_longer_than_s3_allows() -> None:
    with pytest.raises(ConfigError, match="cannot live"):
        Settings(HOME, DEFAULT_BASE_URL, Secret("k"), "b", False, url_expires_s=8 * 24 * 3600)


def test_home_is_what_the_environment_says(tmp_path: Path) -> None:
    assert default_home({"SCREENTEST_HOME": str(tmp_path)}) == tmp_path


def test_home_is_the_platforms_data_folder_otherwise() -> None:
    assert default_home({}).name == "screentest"


def test_a_new_folder_is_its_owners_only(tmp_path: Path) -> None:
    folder = private_folder(tmp_path / "deep" / "home")
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(ConfigError, match="home"):
        private_folder(tmp_path / "home")
