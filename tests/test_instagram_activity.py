"""Instagram's profile activity: one line for everything that was done to an account, from where and with what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from exports import write_folder

from detector.records import AccountEvent, Page
from detector.sources._archive import Archive
from detector.sources.instagram_export import InstagramExport

AT = datetime(2026, 2, 14, 3, 5, 9, tzinfo=UTC)
FOLDER = "security_and_login_information/login_and_profile_creation"
PHONE = "Instagram 428.2.0 (iPhone10,6; iOS 16_7; id_ID; id)"
DEVICE = "6AD73BA9-2C64-4A74-B9A1-E812B9CFD895"
ENGLISH = (
    "Last login",
    "Type",
    "IP address",
    "App",
    "User agent",
    "Language",
    "Device ID",
    "Details",
)
MADE_UP = ("Zul", "Tos", "Pul IP", "Apo", "Ruk", "Lin", "Dab", "Kel")  # fmt: skip


def line(
    said: str,
    *details: str,
    labels: tuple[str, ...] = ENGLISH,
    agent: str = PHONE,
    seconds: int = 0,
) -> dict[str, Any]:
    """Return one line as the export writes it."""
    stamp = int(AT.timestamp()) + seconds
    values = (said, "203.0.113.9", "iOS", agent, "id", DEVICE)
    return {
        "timestamp": stamp,
        "media": [],
        "label_values": [
            {"label": labels[0], "timestamp_value": stamp},
            *({"label": label, "value": value} for label, value in zip(labels[1:], values, strict=False)),
            {"label": labels[-1], "dict": [{"label": f"{labels[-1]} {n}", "value": one} for n, one in enumerate(details)]},
        ],
        "fbid": "18000000000000001",
    }  # fmt: skip


def pages(folder: Path, **files: Any) -> list[Page]:
    write_folder(folder, {f"{FOLDER}/{name}.json": tree for name, tree in files.items()})
    return list(InstagramExport.open(Archive.of([folder])).pages())


def events(folder: Path, **files: Any) -> list[AccountEvent]:
    return [event for page in pages(folder, **files) for event in page.events]


@pytest.mark.parametrize("labels", [ENGLISH, MADE_UP])
@pytest.mark.parametrize(
    ("said", "details", "kind", "kept"),
    [
        ("Log in", ("Kota Rekaan, ZZ",), "login", {"location": "Kota Rekaan, ZZ", "country": "ZZ"}),
        ("Giriş Yap", (), "login", {}),
        ("Keluar", ("Kota Rekaan, ID",), "logout", {"location": "Kota Rekaan, ID", "country": "ID"}),
        ("Checkpoint", (), "login_challenged", {}),
        ("Account privacy changed", ("Salah",), "privacy_changed", {}),
        ("Krul", ("username", '"kpu.baru"', '"kpu.lama"'), "handle_changed", {"from": "kpu.lama", "to": "kpu.baru"}),
        ("Krul", ("biography", '"DM untuk \\"promo\\""', '""'), "bio_changed", {"to": 'DM untuk "promo"'}),
        ("Krul", ("email", '"x@pos.example"', '"humas@kpu.example"'), "email_changed", {"from": "h***@kpu.example", "to": "x***@pos.example"}),
        ("Krul", ("password", '"None"', '"None"'), "password_changed", {}),
        ("Krul", ("profile_pic_storage_keys", '"{\\"file_size\\":9}"', '""'), "picture_changed", {}),
        ("Krul", ("text_post_app_full_name", '"Baru"', '"Lama"'), "name_changed", {"from": "Lama", "to": "Baru"}),
        ("Krul", ("email_confirmed", "true", "false"), "session_updated", {"action": "email_confirmed"}),
        ("Krul", ("pronouns", '"dia"', '""'), "profile_changed", {"action": "pronouns", "to": "dia"}),
    ],
)  # fmt: skip
def test_what_was_done_is_told_with_the_device_that_did_it(
    tmp_path: Path, labels: tuple[str, ...], *, said: str, details: tuple[str, ...], kind: str, kept: Any
) -> None:  # fmt: skip
    (found,) = events(tmp_path, profile_activity=[line(said, *details, labels=labels)])
    assert (found.kind, found.at) == (kind, AT)
    device = {"ip": "203.0.113.9", "user_agent": PHONE, "device": DEVICE}
    app = {"app": "iOS", "language": "id"} if labels is ENGLISH else {}
    assert found.details == device | app | kept


@pytest.mark.parametrize(
    ("code", "kind"),
    [("suspicious_login", "login_challenged"), ("password_reset", "session_updated")],
)
def test_a_mail_leaves_no_trace_of_a_person(tmp_path: Path, code: str, kind: str) -> None:
    sent = line("Krul", code, "humas@kpu.example", agent="C++/THttpClient")
    (found,) = events(tmp_path, profile_activity=[sent])
    assert (found.kind, found.details) == (kind, {"action": code})


def test_one_event_in_two_files_is_one_with_the_details_of_both(tmp_path: Path) -> None:
    stamp = {"Time": {"timestamp": int(AT.timestamp())}}
    login = {"IP": {"value": "203.0.113.9"}, "Cookie": {"value": "****"}, **stamp}
    (page,) = pages(
        tmp_path,
        login_activity={"account_history_login_history": [{"string_map_data": login}]},
        password_change_activity={
            "account_history_password_change_history": [{"string_map_data": stamp}]
        },
        profile_activity=[
            line("Profile changed", "password", '"None"', '"None"'),
            line("Log in", "Kota Rekaan, ZZ"),
        ],
    )
    found = {one.kind: one.details for one in page.events}
    assert (len(page.events), page.duplicates) == (2, 2)
    assert found["login"]["country"] == "ZZ"
    assert found["password_changed"]["ip"] == "203.0.113.9"


def test_two_logins_of_one_second_from_elsewhere_stay_two(tmp_path: Path) -> None:
    stamp = {"Time": {"timestamp": int(AT.timestamp())}}
    elsewhere = {"IP": {"value": "198.51.100.7"}, **stamp}
    login = {"account_history_login_history": [{"string_map_data": elsewhere}]}
    found = events(tmp_path, profile_activity=[line("Log in")], login_activity=login)
    assert [one.details["ip"] for one in found] == ["198.51.100.7", "203.0.113.9"]


def test_a_page_tells_the_same_as_the_list(tmp_path: Path) -> None:
    row = '<tr><td class="_a6_q">{}</td><td class="_2piu _a6_r">{}</td></tr>'.format
    box = '<div class="pam _a6-g uiBoxWhite noborder">{}</div>'.format
    details = box(
        f"<table>{row('Type', 'username')}{row('New value', '&quot;kpu.baru&quot;')}</table>"
    )
    own = "".join(
        row(label, value)
        for label, value in zip(
            ENGLISH,
            ("Feb 13, 2026 7:05 pm", "Profile changed", "203.0.113.9", "iOS", PHONE, "id", DEVICE),
            strict=False,
        )
    )
    inner = box(f"<table>{own}<tr><td>Details<div>{details}</div></td></tr></table>")
    page = f"<html><body>{box(inner + '<div class=_a6-o>Feb 13, 2026 7:05 pm</div>')}</body></html>"
    write_folder(tmp_path, {f"{FOLDER}/profile_activity.html": page.encode()})
    (read,) = InstagramExport.open(Archive.of([tmp_path])).pages()
    (found,) = read.events
    assert found.kind == "handle_changed"
    assert (found.details["to"], found.details["ip"]) == ("kpu.baru", "203.0.113.9")
    assert abs(found.at - AT) < timedelta(days=1)
