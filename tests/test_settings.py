"""Settings are read whole or refused in one line that says what to write instead."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st

from detector.changes import KINDS
from detector.errors import SettingsError
from detector.records import Account, State
from detector.settings import ANNOUNCED_KINDS, AccountSettings, Official, Settings, load, zone_name

_WHOLE = """
language = "en"

[store]
url = "sqlite:///elsewhere.db"

[[accounts]]
platform = "instagram"
account = "@kpukabblora"
institution = "KPU Kabupaten Blora"
reports_to = ["KPU Provinsi Jawa Tengah"]
timezone = "WIB"
every = "5m"
source = { kind = "instagram_business_discovery", token = { env = "IG_TOKEN" }, via = "17841400000000000" }
official = { numbers = ["+62 296 531000", "0812-0000-4521"], domains = ["Kab-Blora.KPU.go.id"] }

[[channels]]
name = "piket"
url = { env = "APPRISE_PIKET" }
from = "WATCHED"

[[sites]]
url = "https://infopemilu.kpu.go.id"
institution = "KPU RI"
every = "1m"
"""

_ACCOUNT = """
[[accounts]]
platform = "instagram"
account = "@kantor"
"""


def _announced(kind: str, since: int, until: int) -> str:
    days = f"since = 2025-08-0{since}T00:00:00, until = 2025-08-0{until}T00:00:00"
    return f'announced = [{{ kind = "{kind}", {days} }}]'


Load = Callable[[str], Settings]


@pytest.fixture
def loaded(tmp_path: Path) -> Load:
    """Write a settings file and read it."""

    def read(text: str) -> Settings:
        (tmp_path / "kentongan.toml").write_text(text, encoding="utf-8")
        return load(tmp_path / "kentongan.toml")

    return read


def _refusal(loaded: Load, text: str) -> str:
    with pytest.raises(SettingsError) as caught:
        loaded(text)
    return str(caught.value)


def test_an_empty_file_means_the_defaults(loaded: Load) -> None:
    assert Settings() == loaded("")
    assert (Settings().language, Settings().store.url) == ("id", "sqlite:///kentongan.db")


def test_everything_an_operator_can_say_is_read(loaded: Load) -> None:
    settings = loaded(_WHOLE)

    assert (settings.language, settings.store.url) == ("en", "sqlite:///elsewhere.db")
    assert [one.every for one in settings.accounts] == ["5m"]
    assert [(one.name, one.url and one.url.env, one.from_) for one in settings.channels] == [
        ("piket", "APPRISE_PIKET", State.WATCHED)
    ]
    assert [one.url for one in settings.sites] == ["https://infopemilu.kpu.go.id"]


def test_what_judging_needs_of_an_account_is_made_ready(loaded: Load) -> None:
    """Numbers become E.164, domains lower case, the zone's name one the clock knows."""
    expected = Account(
        platform="instagram",
        handle="kpukabblora",
        institution="KPU Kabupaten Blora",
        timezone="Asia/Jakarta",
        official_numbers=("+62296531000", "+6281200004521"),
        reports_to=("KPU Provinsi Jawa Tengah",),
        countries=("ID",),
    )
    account = loaded(_WHOLE).account("instagram", "KPUkabBlora")

    assert expected == msgspec.structs.replace(account, official_domains=())
    assert {"kab-blora.kpu.go.id", "kpu.go.id"} <= set(account.official_domains)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+62 296 531000", "+62296531000"),
        ("(0296) 531000", "+62296531000"),
        ("62812 0000 4521", "+6281200004521"),
        ("+1 202 555 0100", "+12025550100"),
        ("+62 (0)296 531000", "+62296531000"),
        ("0062 296 531000", "+62296531000"),
        ("110", "110"),
    ],
)
def test_official_numbers_are_compared_as_e164(written: str, number: str) -> None:
    account = AccountSettings(platform="x", account="y", official=Official(numbers=(written,)))

    assert (number,) == account.known().official_numbers


def test_an_account_that_is_not_named_is_known_by_its_handle_alone(loaded: Load) -> None:
    settings = loaded(_WHOLE)

    assert Account(platform="x", handle="kpukabblora") == settings.account("x", "kpukabblora")
    assert settings.account("instagram", "lain").timezone is None


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('langauge = "id"', "(did you mean 'language'?)"),
        ('[[acounts]]\nplatform = "x"', "(did you mean 'accounts'?)"),
        ('[store]\nurll = "x"', "(did you mean 'url'?)"),
        ('[[accounts]]\nplatfrom = "x"\naccount = "y"', "(did you mean 'platform'?)"),
        ('[[accounts]]\nplatform = "x"\naccount = "y"\nofficial = {number = []}', "(did you mean 'numbers'?)"),
        ('[[channels]]\nname = "x"\nform = "NORMAL"\nurl = {env = "X"}', "(did you mean 'from'?)"),
        ('[[channels]]\nname = "x"\nurl = {environ = "X"}', "(did you mean 'env'?)"),
        ('[[sites]]\nurl = "x"\nevry = "1m"', "(did you mean 'every'?)"),
        ("zzz = 1", "(see kentongan schema settings)"),
        ('[[accounts]]\nlanguage = "id"', "(see kentongan schema settings)"),
    ],
)  # fmt: skip
def test_an_unknown_key_is_answered_with_the_nearest_known_one(
    loaded: Load, text: str, hint: str
) -> None:
    refusal = _refusal(loaded, text)

    assert refusal.endswith(hint)
    assert "unknown field" in refusal


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("WIB", "Asia/Jakarta"),
        ("WITA", "Asia/Makassar"),
        ("WIT", "Asia/Jayapura"),
        ("wib", "Asia/Jakarta"),
        ("Asia/Pontianak", "Asia/Pontianak"),
        ("UTC", "UTC"),
    ],
)
def test_a_zone_is_named_as_offices_name_it(written: str, name: str) -> None:
    assert name == zone_name(written)


@pytest.mark.parametrize(
    "written", ["WIBB", "GMT+25", "Asia", "../etc/passwd", "Jakarta", "\0", "/"]
)
def test_a_zone_that_does_not_exist_is_refused(loaded: Load, written: str) -> None:
    with pytest.raises(SettingsError, match="no time zone is called"):
        zone_name(written)

    if written.isprintable():
        refusal = _refusal(
            loaded, f'[[accounts]]\nplatform = "x"\naccount = "y"\ntimezone = "{written}"'
        )
        assert "WIB, WITA, WIT or an IANA name" in refusal
        assert "kentongan.toml: " in refusal


@pytest.mark.parametrize(
    "text",
    [
        '[[channels]]\nname = "piket"\nurl = "tgram://rahasia"',
        '[[channels]]\nname = "piket"\nurl = {}',
        '[[channels]]\nname = "piket"\nurl = {env = "A", file = "rahasia"}',
        '[[channels]]\nname = "piket"\nurl = {value = "rahasia"}',
        '[[accounts]]\nplatform = "x"\naccount = "y"\nsource = {kind = "live", token = "rahasia"}',
        '[[accounts]]\nplatform = "x"\naccount = "y"\nsource = {kind = "live", Client_Secret = "rahasia"}',
    ],
)
def test_a_secret_is_never_taken_from_the_file_nor_repeated(loaded: Load, text: str) -> None:
    assert "rahasia" not in _refusal(loaded, text)


@pytest.mark.parametrize("kept", ['{env = "IG_TOKEN"}', '{file = "/run/secrets/ig"}'])
def test_a_secret_is_kept_in_the_environment_or_in_a_file(loaded: Load, kept: str) -> None:
    settings = loaded(f'[[channels]]\nname = "piket"\nurl = {kept}')

    assert [one.from_ for one in settings.channels] == [State.COMPROMISED]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("language = ", "not valid TOML"),
        ("[accounts\n", "not valid TOML"),
        ('a = "x\ny"', "not valid TOML"),
        ('language = "jw"', "$.language"),
        ("language = 5", "$.language"),
        ('[accounts]\nplatform = "x"', "$.accounts"),
        ('[[accounts]]\nplatform = "x"', "missing required field `account`"),
        ('[[accounts]]\nplatform = "x"\naccount = "y"\nevery = "sering"', "$.accounts[0].every"),
        ('[[channels]]\nname = "x"\nurl = {env = "X"}\nfrom = "WACHED"', "$.channels[0].from"),
    ],
)
def test_what_is_not_understood_is_told_in_one_line_with_the_file(
    loaded: Load, tmp_path: Path, text: str, told: str
) -> None:
    refusal = _refusal(loaded, text)

    assert refusal.startswith(f"{tmp_path / 'kentongan.toml'}: ")
    assert told in refusal
    assert len(refusal.splitlines()) == 1


def test_a_file_that_is_absent_or_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")

    for name, told in (
        ("absent.toml", "cannot be read"),
        (".", "cannot be read"),
        ("bytes.toml", "not valid TOML"),
    ):
        with pytest.raises(SettingsError, match=told):
            load(tmp_path / name)


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ('language = "jw"', "one of id, en"),
        ("language = id", 'text stands in quotes, as in language = "id"'),
        ('[store]\nurl = "C:\\Users\\piket"', "put a path with backslashes in 'single quotes'"),
        ('[store]\nkeep_texts = "1 year"', "a number and s, m, h or d, such as 30s, 5m, 2h or 7d"),
        ('[accounts]\nplatform = "x"', "write [[accounts]], in two brackets"),
        (_ACCOUNT + 'reports_to = "KPU Provinsi"', 'write a list: reports_to = ["..."]'),
        ('[[channels]]\nname = "x"\nconsole = true\nfrom = "watched"', "NORMAL, WATCHED, COMPROMISED"),
        (_ACCOUNT * 2, "keep one of the two [[accounts]]"),
        (_ACCOUNT + '[[accounts]]\nplatform = "Instagram"\naccount = "KANTOR"', "keep one of the two"),
        (_ACCOUNT + 'official = { numbers = ["hotline"] }', "each by itself"),
        (_ACCOUNT + 'official = { numbers = ["(0296) 531000 / 531001"] }', "each by itself"),
        (_ACCOUNT + 'official = { domains = ["kpu"] }', 'such as "kab-blora.kpu.go.id"'),
        (_ACCOUNT + _announced("name_change", 1, 2), "did you mean 'name_changed'?"),
        (_ACCOUNT + _announced("name_changed", 2, 1), "swap since and until"),
    ],
)  # fmt: skip
def test_what_cannot_have_the_effect_that_was_meant_is_refused_with_its_mend(
    loaded: Load, text: str, mend: str
) -> None:
    refusal = _refusal(loaded, text)

    assert mend in refusal
    assert "regex" not in refusal


def test_a_file_saved_by_a_windows_editor_is_read(tmp_path: Path) -> None:
    """With a mark before it, and a return before each new line; one in UTF-16 is told to be."""
    (tmp_path / "a.toml").write_bytes(b'\xef\xbb\xbflanguage = "en"\r\n')
    (tmp_path / "b.toml").write_text('language = "en"', encoding="utf-16")

    assert load(tmp_path / "a.toml").language == "en"
    with pytest.raises(SettingsError, match="save it as UTF-8"):
        load(tmp_path / "b.toml")


def test_a_platform_is_known_however_it_is_written(loaded: Load) -> None:
    settings = loaded(_ACCOUNT.replace("instagram", "Instagram") + 'timezone = "WIT"')

    assert settings.account("instagram", "kantor").timezone == "Asia/Jayapura"


def test_every_change_that_is_evidence_can_be_announced() -> None:
    assert set(KINDS) == set(ANNOUNCED_KINDS)


@given(st.text(max_size=60))
@trials(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_settings_or_one_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "kentongan.toml").write_bytes(text.encode())
    try:
        settings = load(tmp_path / "kentongan.toml")
    except SettingsError as error:
        assert len(str(error).splitlines()) == 1
    else:
        assert settings.language in {"id", "en"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[[channels]]\nname = "x"', "one of url, console and to_file"),
        ('[[channels]]\nname = "x"\nconsole = true\nurl = {env = "X"}', "one of url, console"),
        ('[[channels]]\nname = "x"\nconsole = true\n' * 2, "two channels are called 'x'"),
        ('[[channels]]\nname = "x"\nconsole = true\nfallback = "x"', "which is no other channel"),
        (
            (
                '[[channels]]\nname = "x"\nconsole = true\nfallback = "yy"\n'
                '[[channels]]\nname = "yyy"\nconsole = true'
            ),
            "did you mean 'yyy'?",
        ),
        (
            (
                '[[accounts]]\nplatform = "x"\naccount = "y"\nreports_to = ["KPU Provinsi Contoh"]\n'
                '[[channels]]\nname = "x"\nconsole = true\nfor = ["KPU Propinsi Contoh"]'
            ),
            "did you mean 'kpu provinsi contoh'?",
        ),
    ],
)
def test_a_channel_that_would_tell_nobody_is_refused(loaded: Load, text: str, told: str) -> None:
    assert told in _refusal(loaded, text)


def test_a_channel_is_for_those_whom_an_account_names(loaded: Load) -> None:
    settings = loaded(
        '[[accounts]]\nplatform = "x"\naccount = "@kantor"\ninstitution = "Kantor  Contoh"\n'
        'csirt = ["Tim Tanggap"]\n[[channels]]\nname = "x"\nconsole = true\n'
        'for = ["kantor contoh", "Tim Tanggap", "x:kantor"]'
    )

    assert settings.channels[0].for_ == ("kantor contoh", "Tim Tanggap", "x:kantor")
