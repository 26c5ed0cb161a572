"""`kentongan incidents` and `kentongan deliveries`, over a store on disk."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from conftest import Kentongan

from detector.notify.messages import ref
from detector.notify.outbox import WITHDRAWN
from detector.notify.planning import News, Planner
from detector.records import Alert, Author, Incident, Post, Reason, State, Verdict, Wording
from detector.settings import load
from detector.store.interface import Delivery, JudgedPost, Store, Turn
from detector.store.opening import in_folder, open_store

TAKEN_OVER = datetime(2024, 11, 20, 18, 14, 9, tzinfo=UTC)
LEASE = timedelta(minutes=5)
SETTINGS = """
[[accounts]]
platform = "instagram"
account = "kpukabblora"
institution = "KPU Kabupaten Blora"
reports_to = ["KPU Provinsi Jawa Tengah"]
timezone = "WIB"
source = { kind = "folder", path = "inbox" }

[[accounts]]
platform = "x"
account = "kpukabblora"
source = { kind = "folder", path = "inbox" }

[[channels]]
name = "piket"
to_file = "pesan.jsonl"

[[channels]]
name = "atasan"
to_file = "atasan.jsonl"
for = ["KPU Provinsi Jawa Tengah"]
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Return settings whose store holds one incident on Instagram and the messages about it."""
    path = tmp_path / "kentongan.toml"
    path.write_text(SETTINGS, encoding="utf-8")
    chosen = load(path)
    store = opened(path)
    store.register([one.known() for one in chosen.accounts], TAKEN_OVER)
    take_over(store, Planner(chosen), "instagram")
    store.close()
    return path


def opened(config: Path) -> Store:
    return open_store(in_folder("sqlite:///kentongan.db", config.parent))


def take_over(store: Store, planner: Planner, platform: str) -> None:
    """Let an account's page lead to an incident, and queue what people are told of it."""
    for claim in store.claim("a", TAKEN_OVER, LEASE, 9):
        if claim.watched.key[0] != platform:
            store.release(claim, TAKEN_OVER)
            continue
        alert = Alert(
            id=f"{platform}:kpukabblora:COMPROMISED:p1", platform=platform, account="kpukabblora", at=TAKEN_OVER,
            state=State.COMPROMISED, previous=State.NORMAL, probability=0.998, post_id="p1",
        )  # fmt: skip
        incident = Incident(
            opened_at=TAKEN_OVER, detected_at=TAKEN_OVER, peak_probability=0.998, post_ids=("p1",)
        )
        post = Post(
            platform=platform, account="kpukabblora", id="p1", created_at=TAKEN_OVER,
            text="PROMO \x1b[31m TEBUS", url="https://www.instagram.com/p/abc/",
        )  # fmt: skip
        verdict = Verdict(
            post_id="p1", author=Author.STRANGER, probability=0.99, log_odds=8.0, category="cheap_goods",
            reasons=(Reason("hour", 0.7, Wording(id="jam unggah tidak biasa", en="an unusual hour")),),
        )  # fmt: skip
        judged = (JudgedPost(post=post, verdict=verdict),)
        news = News(alerts=(alert,), incidents=(incident,), posts=judged)
        store.commit(
            Turn(
                claim=claim, at=TAKEN_OVER, posts=judged, standing=b"", state=State.COMPROMISED, probability=0.998,
                incidents=(incident,), alerts=(alert,), deliveries=tuple(planner.news(news, TAKEN_OVER)),
                next_at=TAKEN_OVER,
            )
        )  # fmt: skip


def test_open_incidents_are_listed_with_who_handles_them(
    kentongan: Kentongan, config: Path
) -> None:
    ran = kentongan("incidents", "list", "-c", config)

    assert ran.code == 0
    assert "instagram:kpukabblora" in ran.out
    assert "Kamis, 21 November 2024, 01.14" in ran.out
    assert "belum ada yang menangani" in " ".join(ran.out.split())


def test_an_incident_is_shown_with_its_posts_and_why(kentongan: Kentongan, config: Path) -> None:
    shown = kentongan("incidents", "show", "1", "-c", config).out
    same = kentongan("incidents", "show", "@KPUkabblora", "-c", config).out

    assert shown == same
    assert "#1 @kpukabblora (Instagram) · KPU Kabupaten Blora" in shown
    assert "DIDUGA DIRETAS (keyakinan 99,8 %)" in shown
    assert "https://www.instagram.com/p/abc/" in shown
    assert "jualan barang murah; jam unggah tidak biasa" in shown
    assert "\x1b" not in shown


def test_a_post_that_was_put_back_since_is_shown_with_why_it_was_a_strangers(
    kentongan: Kentongan, config: Path
) -> None:
    store, at = opened(config), TAKEN_OVER + LEASE
    (claim,) = [one for one in store.claim("b", at, LEASE, 9) if one.watched.key[0] == "instagram"]
    (kept,) = store.posts(claim.watched.key)
    post = msgspec.structs.replace(kept.post, text="Apel pagi.")
    verdict = Verdict(post_id="p1", author=Author.OWNER, probability=0.01, log_odds=-4.0)
    store.commit(
        Turn(
            claim=claim, at=at, changed=(JudgedPost(post=post, verdict=verdict),), standing=b"",
            state=State.COMPROMISED, probability=0.9, next_at=at,
        )
    )  # fmt: skip
    store.close()
    shown = kentongan("incidents", "show", "1", "-c", config).out
    (told,) = json.loads(kentongan("incidents", "show", "1", "-c", config, "--format", "json").out)[
        "posts"
    ]

    assert "jualan barang murah; jam unggah tidak biasa" in shown
    assert "diubah, terlihat Kamis, 21 November 2024" in shown
    assert (told["post"]["text"], told["verdict"]["author"]) == ("Apel pagi.", "OWNER")
    assert [one["verdict"]["author"] for one in told["earlier"]] == ["STRANGER"]


def test_as_json_an_incident_is_whole(kentongan: Kentongan, config: Path) -> None:
    (listed,) = json.loads(kentongan("incidents", "list", "-c", config, "--format", "json").out)
    shown = json.loads(kentongan("incidents", "show", "1", "-c", config, "--format", "json").out)

    assert (listed["number"], listed["platform"], listed["account"]) == (1, "instagram", "kpukabblora")  # fmt: skip
    assert shown["incident"]["post_ids"] == ["p1"]
    assert {one["kind"] for one in shown["deliveries"]} == {"alert", "escalation"}
    assert shown["posts"][0]["post"]["id"] == "p1"


def test_what_people_do_about_an_incident_is_kept(kentongan: Kentongan, config: Path) -> None:
    ran = kentongan("incidents", "acknowledge", "kpukabblora", "--by", "Piket", "-c", config)
    assert "Insiden 1 ditangani Piket." in ran.out
    assert "ditangani Piket" in " ".join(kentongan("incidents", "list", "-c", config).out.split())

    ran = kentongan("incidents", "resolve", "1", "--as", "confirmed", "--note", "pulih 04.00", "-c", config)  # fmt: skip
    assert "Insiden 1 selesai: terkonfirmasi diretas." in ran.out
    assert "Tidak ada insiden yang terbuka" in kentongan("incidents", "list", "-c", config).out
    shown = kentongan("incidents", "show", "1", "-c", config).out
    assert "TERKONFIRMASI DIRETAS" in shown
    assert "Catatan: pulih 04.00" in shown

    ran = kentongan("incidents", "reopen", "1", "-c", config, "--lang", "en")
    assert "Incident 1 is open again." in ran.out
    assert "kpukabblora" in kentongan("incidents", "list", "-c", config).out


def test_the_offices_own_post_is_said_with_what_to_write_down(
    kentongan: Kentongan, config: Path
) -> None:
    ran = kentongan("incidents", "resolve", "kpukabblora", "--as", "ours", "-c", config)

    assert "unggahan kantor sendiri" in ran.out
    assert "“official”" in ran.out


@pytest.mark.parametrize("named", ["7", "tidakada", "x:kpukabblora"])
def test_an_incident_that_is_not_there_is_told_in_one_line(
    kentongan: Kentongan, config: Path, named: str
) -> None:
    for command in (["show"], ["acknowledge"], ["resolve", "--as", "other"], ["reopen"]):
        ran = kentongan("incidents", command[0], named, *command[1:], "-c", config)

        assert ran.code == 2
        assert ran.err == f"kentongan: there is no such incident: {named} (kentongan incidents list --all)\n"  # fmt: skip


def test_one_handle_on_two_platforms_is_asked_about(kentongan: Kentongan, config: Path) -> None:
    store = opened(config)
    take_over(store, Planner(load(config)), "x")
    store.close()

    ran = kentongan("incidents", "acknowledge", "kpukabblora", "-c", config)
    assert ran.code == 2
    assert "name one of 2, 1" in ran.err
    assert kentongan("incidents", "acknowledge", "x:kpukabblora", "-c", config).code == 0


def queued(config: Path, **fates: dict[str, object]) -> dict[str, Delivery]:
    """Queue a message to each of these ids and let it meet its fate."""
    store, made = opened(config), {}
    for name, fate in fates.items():
        one = Delivery(
            id=name, alert_id=name, channel="piket", kind="alert", title=f"Pesan {name}", body="Isi",
            created_at=TAKEN_OVER, due_at=TAKEN_OVER,
        )  # fmt: skip
        store.enqueue([one])
        (taken,) = (each for each in store.take("a", TAKEN_OVER, LEASE, 99) if each.id == name)
        if "why" in fate:
            store.put_off(taken, None, str(fate["why"]), TAKEN_OVER)
        elif "sent" in fate:
            store.sent(taken, TAKEN_OVER)
        made[name] = one
    store.close()
    return made


def test_messages_are_listed_with_what_became_of_them(kentongan: Kentongan, config: Path) -> None:
    queued(
        config,
        terkirim={"sent": True},
        hilang={"why": "channel 'piket' answered 404"},
        ditarik={"why": f"{WITHDRAWN}acknowledged"},
        menunggu={},
    )

    rows = json.loads(kentongan("deliveries", "list", "-c", config, "--format", "json").out)
    fates = {one["id"]: one["fate"] for one in rows}
    text = " ".join(kentongan("deliveries", "list", "-c", config).out.split())
    lost = json.loads(kentongan("deliveries", "list", "--lost", "-c", config, "--format", "json").out)  # fmt: skip

    assert [fates[name] for name in ("terkirim", "hilang", "ditarik", "menunggu")] == [
        "sent", "lost", "withdrawn", "waiting",
    ]  # fmt: skip
    assert "TIDAK TERKIRIM" in text
    assert [one["id"] for one in lost] == ["hilang"]
    assert kentongan("deliveries", "list", "--waiting", "-c", config).code == 0


def test_a_message_is_sent_again_under_another_id_and_says_so(
    kentongan: Kentongan, config: Path
) -> None:
    made = queued(config, terkirim={"sent": True}, hilang={"why": "channel 'piket' answered 404"})

    assert kentongan("deliveries", "resend", ref("terkirim"), "-c", config).code == 0
    assert (
        kentongan("deliveries", "resend", "--lost", "--channel", "atasan", "-c", config).code == 0
    )

    store = opened(config)
    again = {one.title: one for one in store.deliveries(pending=True) if "|again|" in one.id}
    store.close()
    assert again[made["terkirim"].title].maybe_repeated
    assert not again[made["hilang"].title].maybe_repeated
    assert again[made["hilang"].title].channel == "atasan"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["tidakada"], "there is no message tidakada"),
        ([], "name a message, or --lost"),
        (["menunggu"], "it still waits"),
        (["menunggu", "--channel", "lain"], "there is no channel 'lain'"),
    ],
)
def test_what_cannot_be_sent_again_is_told_in_one_line(
    kentongan: Kentongan, config: Path, arguments: list[str], told: str
) -> None:
    queued(config, menunggu={})

    ran = kentongan("deliveries", "resend", *arguments, "-c", config)

    assert ran.code == 2
    assert told in ran.err
    assert len(ran.err.splitlines()) == 1


def test_without_settings_nothing_is_guessed(kentongan: Kentongan, tmp_path: Path) -> None:
    for group in ("incidents", "deliveries"):
        ran = kentongan(group, "list", "-c", tmp_path / "tidak-ada.toml")
        assert ran.code == 2
        assert "kentongan init" in ran.err


def test_a_groups_name_with_options_alone_means_its_list(
    kentongan: Kentongan, config: Path
) -> None:
    for group in ("accounts", "incidents", "deliveries"):
        named = kentongan(group, "list", "--lang", "en", "-c", config)

        assert named == kentongan(group, "--lang", "en", "-c", config)
        assert named.code == 0
        assert "Commands:" in kentongan(group, "--help").out


def test_an_account_that_is_added_twice_is_refused_in_the_name_of_the_settings(
    kentongan: Kentongan, config: Path
) -> None:
    add = ("accounts", "add", "telegram", "kantor", "--kind", "telegram_preview", "-c", config)
    assert kentongan(*add).code == 0
    refused = kentongan(*add)

    assert refused.code == 2
    assert refused.err.startswith(f"kentongan: {config}: telegram kantor stands twice")


def test_a_delivery_as_json_is_its_fields(kentongan: Kentongan, config: Path) -> None:
    queued(config, terkirim={"sent": True})

    (row, *_) = json.loads(kentongan("deliveries", "list", "-c", config, "--format", "json").out)

    assert set(row) == {"ref", "fate", *Delivery.__struct_fields__}
    assert msgspec.convert({key: row[key] for key in Delivery.__struct_fields__}, Delivery).id
