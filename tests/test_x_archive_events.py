"""What an X archive tells besides tweets: long texts, deletions, account events, missing parts."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from x_exports import (
    ACCOUNT,
    NOON,
    events_of,
    posts_of,
    put,
    read,
    reasons_of,
    script,
    tweet,
    wrapped,
)  # fmt: skip

LONG = "Pengumuman lengkap jadwal pemungutan suara ulang. " * 9 + "\n\nSelesai."


def note(own: str, at: datetime, text: str, **core: Any) -> dict[str, Any]:
    stamp = at.strftime("%Y-%m-%dT%H:%M:%S.412Z")
    return {"noteTweet": {"noteTweetId": own, "createdAt": stamp, "core": {"text": text, **core}}}


def with_notes(folder: Path, tweets: list[Any], notes: list[Any]) -> Path:
    files = {"data/tweets.js": script("tweets", wrapped(*tweets)), "data/account.js": ACCOUNT}
    return put(folder, files | {"data/note-tweet.js": script("note_tweet", notes)})


@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_a_note_gives_the_whole_text_of_the_tweet_it_belongs_to(
    tmp_path: Path, seconds: int
) -> None:
    cut = tweet(0, LONG[:240] + "… https://t.co/abc")
    at = NOON + timedelta(seconds=seconds)
    urls = [{"expandedUrl": "https://kpu.example/psu", "shortUrl": "https://t.co/z"}]
    pages = read(with_notes(tmp_path / "x", [cut, tweet(1)], [note("77", at, LONG, urls=urls)]))
    first, second = posts_of(pages)
    assert (first.id, first.text, first.links) == (cut["id"], LONG, ("https://kpu.example/psu",))
    assert second.text == "Selamat pagi"
    assert sum(page.duplicates for page in pages) == 1


def test_a_note_of_an_answer_may_leave_out_whom_it_answers(tmp_path: Path) -> None:
    cut = tweet(0, f"@warga_contoh {LONG[:200]}…", in_reply_to_status_id_str="5")
    (post,) = posts_of(read(with_notes(tmp_path / "x", [cut], [note("77", NOON, LONG)])))
    assert post.text == f"@warga_contoh {LONG}"


def test_a_note_without_its_tweet_is_a_post_of_its_own(tmp_path: Path) -> None:
    other = note("77", NOON, "Catatan lain yang tidak ada tweet-nya")
    late = note("78", NOON + timedelta(hours=1), LONG)
    pages = read(with_notes(tmp_path / "x", [tweet(0, LONG[:200])], [other, late, late]))
    assert [one.id for one in posts_of(pages)][1:] == ["77", "78"]
    assert posts_of(pages)[2].where == "data/note-tweet.js#1"
    assert sum(page.duplicates for page in pages) == 1
    assert sum(page.records for page in pages) == 4


def test_two_notes_of_one_second_go_each_to_its_own_tweet(tmp_path: Path) -> None:
    texts = ["Utas satu: " + LONG, "Utas dua: " + LONG]
    cuts = [tweet(0, text[:150] + "…") for text in texts]
    cuts[1]["id_str"] = cuts[1]["id"] = str(int(cuts[0]["id"]) + 1)
    notes = [note(str(number), NOON, text) for number, text in enumerate(texts, start=7)]
    pages = read(with_notes(tmp_path / "x", cuts, notes[::-1]))
    assert [one.text for one in posts_of(pages)] == texts


@pytest.mark.parametrize(
    ("record", "why"),
    [
        ({"noteTweet": {"noteTweetId": "7", "core": {"text": "Halo"}}}, "has no time"),
        ({"noteTweet": {"noteTweetId": "7", "createdAt": "2024-11-20T05:00:00.000Z"}}, "has no text"),
        ({"noteTweet": {"core": 5}}, "its core is of a wrong type"),
        (7, "is not an object"),
    ],
)  # fmt: skip
def test_an_unusable_note_is_rejected(tmp_path: Path, record: Any, why: str) -> None:
    pages = read(with_notes(tmp_path / "x", [tweet(0)], [record]))
    assert reasons_of(pages) == [("data/note-tweet.js#0", why)]


def deleted(minute: int, at: str) -> dict[str, Any]:
    return tweet(minute, f"Dihapus {minute}", deleted_at=at)


def headers(*tweets: dict[str, Any]) -> str:
    keys = ("created_at", "deleted_at")
    rows = [{"tweet_id": one["id"], "user_id": "1", **{k: one[k] for k in keys}} for one in tweets]
    return script("deleted_tweet_headers", wrapped(*rows))


GONE = (
    deleted(1, "2024-11-21T01:00:00.000Z"),
    deleted(2, "2024-11-21T00:30:00.000Z"),
    deleted(3, "2024-11-21T01:29:00.000Z"),
    deleted(4, "2024-11-23T00:00:00.000Z"),
)


def test_several_deletions_within_an_hour_are_one_event(tmp_path: Path) -> None:
    files = {
        "data/deleted-tweets.js": script("deleted_tweets", wrapped(*GONE)),
        "data/deleted-tweet-headers.js": headers(*GONE),
        "data/account.js": ACCOUNT,
    }
    pages = read(put(tmp_path / "x", files))
    (event,) = events_of(pages)
    assert (event.kind, event.details) == ("posts_deleted", {"count": "3"})
    assert event.at == datetime(2024, 11, 21, 0, 30, tzinfo=UTC)
    assert event.where == "data/deleted-tweet-headers.js#1"
    assert len(posts_of(pages)) == 4
    assert sum(page.ignored for page in pages) == 3
    assert sum(page.records for page in pages) == 8


def test_deletions_told_by_the_texts_alone_are_an_event_too(tmp_path: Path) -> None:
    path = put(tmp_path, {"deleted-tweets.js": script("deleted_tweets", wrapped(*GONE))})
    pages = read(path / "deleted-tweets.js")
    assert [one.details for one in events_of(pages)] == [{"count": "3"}]
    assert [one.text for one in posts_of(pages)] == [f"Dihapus {number}" for number in (1, 2, 3, 4)]


def test_single_deletions_are_no_event(tmp_path: Path) -> None:
    pages = read(put(tmp_path / "x", {"data/deleted-tweet-headers.js": headers(GONE[0], GONE[3])}))
    assert not events_of(pages)
    assert sum(page.ignored for page in pages) == 2


EVENTS = {
    "screen-name-change": (
        {"screenNameChange": {"accountId": "1", "screenNameChange": {
            "changedAt": "2024-11-20T18:00:00.000Z", "changedFrom": "kpucontoh", "changedTo": "promo"}}},
        "handle_changed", {"from": "kpucontoh", "to": "promo"},
    ),
    "email-address-change": (
        {"emailAddressChange": {"accountId": "1", "emailChange": {
            "changedAt": "2024-11-20T18:00:00.000Z", "changedTo": "pencuri@surel.example"}}},
        "email_changed", {"to": "p***@surel.example"},
    ),
    "ip-audit": (
        {"ipAudit": {"accountId": "1", "createdAt": "2024-11-20T18:00:00.000Z", "loginIp": "2001:DB8::7"}},
        "login", {"ip": "2001:db8::7"},
    ),
    "connected-application": (
        {"connectedApplication": {"organization": {"name": "Promo"}, "name": "Poster", "id": "3",
            "permissions": ["read", "write"], "approvedAt": "2024-11-20T18:00:00.000Z"}},
        "app_connected", {"app": "Poster", "permissions": "read, write", "organization": "Promo"},
    ),
    "account-suspension": (
        {"accountSuspension": {"timeStamp": "2024-11-20T18:00:00.000Z", "action": "Suspend"}},
        "status_changed", {"to": "Suspend"},
    ),
    "protected-history": (
        {"protectedHistory": {"protectedAt": "2024-11-20T18:00:00.000Z", "action": "Protect"}},
        "privacy_changed", {"to": "Protect"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("stem", EVENTS)
def test_account_events_are_told_and_given_once(tmp_path: Path, stem: str) -> None:
    record, kind, details = EVENTS[stem]
    files = {f"data/{stem}.js": script(stem.replace("-", "_"), [record, record])}
    pages = read(put(tmp_path / "x", files | {"data/account.js": ACCOUNT}))
    (event,) = events_of(pages)
    assert (event.kind, event.details, event.account) == (kind, details, "kpucontoh")
    assert event.at == datetime(2024, 11, 20, 18, tzinfo=UTC)
    assert sum(page.duplicates for page in pages) == 1


@pytest.mark.parametrize("stem", EVENTS)
@pytest.mark.parametrize("record", [5, "x", {}, {"ipAudit": 5}, {"screenNameChange": {"screenNameChange": []}}])  # fmt: skip
def test_event_records_of_another_shape_are_rejected(
    tmp_path: Path, stem: str, record: object
) -> None:
    pages = read(put(tmp_path / "x", {f"data/{stem}.js": script("ip_audit", [record])}))
    assert len(reasons_of(pages)) == 1
    assert not events_of(pages)


def test_sign_up_takes_its_time_from_the_account(tmp_path: Path) -> None:
    address = [{"accountCreationIp": {"accountId": "1", "userCreationIp": "192.0.2.1"}}]
    files = {"data/account-creation-ip.js": script("account_creation_ip", address)}
    folder = put(tmp_path / "x", files | {"data/account.js": ACCOUNT})
    (event,) = events_of(read(folder))
    assert (event.kind, event.at.year, event.details) == ("signup", 2012, {"ip": "192.0.2.1"})
    (folder / "data" / "account.js").unlink()
    ((_, why),) = reasons_of(read(folder))
    assert why.startswith("has no time")


def test_an_address_confirmed_anew_is_no_change_of_it(tmp_path: Path) -> None:
    written = [
        ("2012-05-02T03:04:06.000Z", "Humas@kpu.example"),
        ("2019-01-05T08:00:00.000Z", "humas@kpu.example"),
        ("2024-11-20T18:00:00.000Z", "pencuri@surel.example"),
        ("2024-11-21T02:00:00.000Z", "humas@kpu.example"),
    ]
    records = [
        {
            "emailAddressChange": {
                "accountId": "1",
                "emailChange": {"changedAt": at, "changedTo": to},
            }
        }
        for at, to in written
    ]
    files = {"data/email-address-change.js": script("email_address_change", records)}
    told = events_of(read(put(tmp_path / "x", files | {"data/account.js": ACCOUNT})))
    assert [(one.kind, one.details.get("action")) for one in told] == [
        ("session_updated", "email confirmed"),
        ("session_updated", "email confirmed"),
        ("email_changed", None),
        ("email_changed", None),
    ]


def test_a_state_without_a_time_is_ignored_by_name(tmp_path: Path) -> None:
    verified = script("verified", [{"verified": {"accountId": "1", "verified": True}}])
    pages = read(put(tmp_path / "x", {"data/verified.js": verified}))
    assert [(page.records, page.ignored) for page in pages] == [(1, 1)]


def manifest(files: dict[str, int], *, partial: bool = False) -> str:
    kinds = {
        name: {"files": [{"fileName": f"data/{name}.js", "globalName": "x", "count": str(count)}]}
        for name, count in files.items()
    }
    about = {"isPartialArchive": partial}
    return "window.__THAR_CONFIG = " + json.dumps({"archiveInfo": about, "dataTypes": kinds})


def test_the_manifest_tells_what_is_missing_and_what_is_cut(tmp_path: Path) -> None:
    listed = manifest({"tweets": 3, "tweets-part1": 9, "direct-messages": 4, "like": 5})
    files = {"data/manifest.js": listed, "data/tweets.js": script("tweets", wrapped(tweet()))}
    assert reasons_of(read(put(tmp_path / "x", files))) == [
        ("data/manifest.js", "lists data/tweets-part1.js with 9 records, which is missing"),
        ("data/tweets.js", "holds 1 records where the manifest lists 3"),
    ]


def test_a_partial_archive_is_said_to_be_one(tmp_path: Path) -> None:
    files = {"data/manifest.js": manifest({"tweets": 1}, partial=True)}
    files["data/tweets.js"] = script("tweets", wrapped(tweet()))
    pages = read(put(tmp_path / "x", files))
    assert reasons_of(pages) == [
        ("data/manifest.js", "says that this is only a part of the archive")
    ]


@pytest.mark.parametrize("tree", [5, [], {"dataTypes": []}, {"dataTypes": {"tweets": {"files": [5, {"fileName": 5}]}}}])  # fmt: skip
def test_a_manifest_of_another_shape_tells_nothing(tmp_path: Path, tree: object) -> None:
    files = {"data/manifest.js": f"window.__THAR_CONFIG = {json.dumps(tree)}"}
    files["data/tweets.js"] = script("tweets", wrapped(tweet()))
    pages = read(put(tmp_path / "x", files))
    assert not reasons_of(pages)
    assert len(posts_of(pages)) == 1
