"""Sources made of settings, secrets found where they are kept, accounts added to a file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from monitors import network

from detector import settings
from detector.cli._template import written
from detector.errors import SettingsError
from detector.monitor.extending import extended
from detector.monitor.feeds import Feeds, live_kinds
from detector.monitor.secrets import Secrets
from detector.settings import AccountSettings, Settings


def _feeds(*tables: dict[str, Any], platform: str = "mastodon") -> Feeds:
    accounts = [
        {"platform": platform, "account": f"kantor{place}", "source": table}
        for place, table in enumerate(tables)
    ]
    with network() as net:
        return Feeds(
            tuple(msgspec.convert(one, AccountSettings) for one in accounts),
            Secrets(Path(), {}),
            net,
        )


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"kind": "mastodn"}, "did you mean 'mastodon'?"),
        ({}, "of no known kind: None"),
        ({"kind": 5}, "of no known kind: 5"),
        ({"kind": "mastodon", "bas": "https://sosial.example"}, "did you mean 'base'?"),
        ({"kind": "mastodon", "base": 7}, "Expected `str`, got `int`"),
        ({"kind": "x_api"}, "does not read mastodon"),
    ],
)
def test_a_source_that_is_not_understood_is_refused_in_one_line(
    table: dict[str, Any], said: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        _feeds(table)

    assert said in str(refused.value)
    assert "kantor0" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_an_account_without_a_source_is_known_and_not_watched() -> None:
    with network() as net:
        feeds = Feeds((AccountSettings(platform="x", account="kantor"),), Secrets(Path(), {}), net)

    assert list(feeds) == []


def test_an_account_that_stands_twice_is_refused() -> None:
    one = AccountSettings(
        platform="telegram", account="@kantor", source={"kind": "telegram_preview"}
    )
    with network() as net, pytest.raises(SettingsError, match="stands twice"):
        Feeds((one, one), Secrets(Path(), {}), net)


def test_accounts_of_one_token_share_a_budget() -> None:
    token = {"env": "X_TOKEN"}
    feeds = _feeds(
        {"kind": "x_api", "token": token},
        {"kind": "x_api", "token": token},
        {"kind": "x_api", "token": {"env": "OTHER"}},
        platform="x",
    )
    first = feeds.get(("x", "kantor0"))
    assert first is not None

    assert feeds.sharing(first) == [("x", "kantor0"), ("x", "kantor1")]
    assert first.token_name == token["env"]


def test_secrets_come_from_variables_and_files_and_print_as_dots(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("hush-1\n")
    secrets = Secrets(tmp_path, {"A": " hush-2 "})

    found = [secrets({"file": "token"}), secrets({"env": "A"}), secrets(settings.Secret(env="A"))]

    assert [one.reveal() for one in found] == ["hush-1", "hush-2", "hush-2"]
    assert "hush" not in f"{found}{found[0]}"


@pytest.mark.parametrize(
    "named", [{"env": "B"}, {"file": "absent"}, {"file": "empty"}, "hush", {}, None]
)
def test_a_secret_that_is_not_there_is_told_in_one_line(tmp_path: Path, named: Any) -> None:
    (tmp_path / "empty").touch()
    with pytest.raises(SettingsError) as refused:
        Secrets(tmp_path, {})(named)

    assert refused.value.hint
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("with_demonstration", [True, False])
def test_what_init_writes_can_be_used_as_it_is_and_with_every_example(
    tmp_path: Path, language: str, with_demonstration: bool
) -> None:
    text = written(language, with_demonstration=with_demonstration)
    target = tmp_path / "kentongan.toml"
    watched = []
    for whole in (text, _uncommented(text)):
        target.write_text(whole, encoding="utf-8")
        chosen = settings.load(target)
        with network() as net:
            watched.append(len(Feeds(chosen.accounts, Secrets(tmp_path, {}), net, tmp_path)))

    assert watched == [6 * with_demonstration, 6 * with_demonstration + 3]


def _uncommented(text: str) -> str:
    return "\n".join(
        line[1:] if line[:1] == "#" and line[1:2].strip() else line for line in text.splitlines()
    )


def test_an_account_is_added_at_the_end_and_the_rest_stays(tmp_path: Path) -> None:
    target = tmp_path / "kentongan.toml"
    before = written("id")
    target.write_text(before, encoding="utf-8")
    account = {
        "platform": "telegram", "account": 'kantor "pusat" \\ é', "timezone": "WITA",
        "source": {"kind": "telegram_preview", "channel": "kantorku"},
    }  # fmt: skip

    chosen = extended(target, account, lambda: datetime.now(UTC))

    assert target.read_text(encoding="utf-8").startswith(before.rstrip("\n"))
    assert settings.load(target) == chosen
    assert chosen.accounts[-1].account == 'kantor "pusat" \\ é'
    assert chosen.accounts[-1].source == account["source"]


@pytest.mark.parametrize(
    "account",
    [
        {"platform": "telegram", "account": "k", "source": {"kind": "no_such_kind"}},
        {"platform": "telegram", "account": "k", "timezone": "Mars", "source": {"kind": "telegram_preview"}},
        {"platform": "telegram", "account": "k", "sorce": {"kind": "telegram_preview"}},
        {"platform": "instagram", "account": "kpukabblora", "source": {"kind": "replay", "path": "."}},
    ],
)  # fmt: skip
def test_an_account_that_cannot_be_watched_changes_nothing(
    tmp_path: Path, account: dict[str, Any]
) -> None:
    target = tmp_path / "kentongan.toml"
    target.write_text(written("id"), encoding="utf-8")

    with pytest.raises(SettingsError):
        extended(target, account, lambda: datetime.now(UTC))

    assert target.read_text(encoding="utf-8") == written("id")
    assert [one.name for one in tmp_path.iterdir()] == ["kentongan.toml"]


def test_every_kind_of_feed_is_found() -> None:
    assert {"replay", "mastodon", "folder", "telegram_preview"} <= set(live_kinds())


def test_settings_of_the_monitor_refuse_unknown_keys(tmp_path: Path) -> None:
    target = tmp_path / "kentongan.toml"
    target.write_text('[monitor]\nlisten_on = "x"\n', encoding="utf-8")

    with pytest.raises(SettingsError, match=r"did you mean 'listen'\?"):
        settings.load(target)
    assert isinstance(Settings().monitor.threads, int)
