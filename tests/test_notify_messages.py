"""Messages: what an office reads on a phone, in order, within its bounds, whatever comes from outside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.errors import Location
from detector.notify import bulletins, messages, phrases
from detector.notify.messages import Case, Message
from detector.records import Account, Author, Reason, Rejected, State, Verdict, Wording

TAKEN_OVER = datetime(2024, 11, 20, 18, 14, 9, tzinfo=UTC)
ACCOUNT = Account(
    platform="instagram", handle="kpukabblora", institution="KPU Kabupaten Blora", timezone="Asia/Jakarta",
    duty_contact="Subbagian Teknis, 0812-0000-0001", reports_to=("KPU Provinsi Jawa Tengah",),
)  # fmt: skip
REASONS = (
    Reason("text", 7.5, Wording(id="gaya bahasanya seperti unggahan penipu: “tebus”, “0858-0000-7316”", en="worded like scams: “tebus”")),
    Reason("base_rate", -3.2, Wording(id="unggahan orang lain jarang terjadi", en="strangers are rare")),
    Reason("hour", 0.75, Wording(id="jam unggah tidak biasa untuk akun ini", en="an unusual hour for this account")),
)  # fmt: skip
VERDICT = Verdict(
    post_id="dfb01b530e7f112f", author=Author.STRANGER, probability=0.99, log_odds=6.0, category="cheap_goods",
    reasons=REASONS, categories=(("cheap_goods", 0.82), ("giveaway", 0.1)),
)  # fmt: skip
CASE = Case(
    account=ACCOUNT, state=State.COMPROMISED, since=TAKEN_OVER, at=TAKEN_OVER, probability=0.9987,
    now=TAKEN_OVER + timedelta(minutes=3), why=messages.why_of(VERDICT),
    post_id="dfb01b530e7f112f", post_url="https://www.instagram.com/p/DAbCdEfGhIj/", ref="3f9a1c02",
)  # fmt: skip
UNREAD = bulletins.Unread(
    whose="account", account=ACCOUNT, since=TAKEN_OVER, now=TAKEN_OVER + timedelta(hours=2), ref="1"
)
QUIET = bulletins.Quiet(
    since=TAKEN_OVER, until=TAKEN_OVER + timedelta(days=7), accounts=12, readings=24192, posts=301, zone="Asia/Jakarta"
)  # fmt: skip
BANNED = ("kompromi", "orang asing", "dikompromikan", "compromised", " aman ", "hacker")


def every(case: Case, language: str) -> list[Message]:
    """Return a message of every kind about an account."""
    told = case.now
    unread = msgspec.structs.replace(UNREAD, account=case.account, why=case.post_id or "")
    return [
        messages.alarm(case, language),
        messages.alarm(msgspec.structs.replace(case, is_confirmed=True), language),
        messages.watched(case, language),
        messages.recovering(case, language),
        messages.passed(case, language),
        messages.escalation(case, told, language),
        messages.reminder(case, told, 5, 5, language),
        bulletins.readable(unread, language),
        bulletins.unread_file(
            case.account,
            [Rejected(Location(case.post_id or "a.zip"), case.post_id or "?")] * 2,
            case.ref,
            language,
        ),
        bulletins.token_refused(unread, case.post_id or "IG_TOKEN", language),
        *(
            bulletins.blind(msgspec.structs.replace(unread, whose=whose), language)
            for whose in (*phrases.BLIND_WHY, "something new")
        ),
    ]


def test_an_alarm_says_what_an_office_needs_in_its_order() -> None:
    told = messages.alarm(CASE, "id")

    assert told.title == "DIDUGA DIRETAS: @kpukabblora (Instagram)"
    in_order = [
        "KPU Kabupaten Blora",
        "Sejak: Kamis, 21 November 2024, 01.14 WIB (keyakinan 99,9 %)",
        "Mengapa: jualan barang murah (82 %); gaya bahasanya seperti unggahan penipu; jam unggah tidak biasa",
        "Unggahan: https://www.instagram.com/p/DAbCdEfGhIj/",
        "Hubungi: Subbagian Teknis, 0812-0000-0001; atasan: KPU Provinsi Jawa Tengah",
        "1. Tangkap layar, salin alamat unggahan. JANGAN dihapus dulu",
        "2. Amankan surel",
        "3. Keluarkan semua sesi",
        "4. Pulihkan lewat instagram.com/hacked",
        "5. Lapor ke KPU Provinsi Jawa Tengah",
        "6. Umumkan di kanal resmi lain",
        "7. Jangan bayar jasa pemulihan",
        "Sedang ditangani: kentongan incidents acknowledge kpukabblora",
        "Unggahan kantor sendiri: kentongan incidents resolve kpukabblora --as ours",
        "Ref 3f9a1c02",
    ]
    places = [told.body.find(part) for part in in_order]
    assert -1 not in places, dict(zip(in_order, places, strict=True))
    assert places == sorted(places)


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_short_form_says_what_to_do_in_letters_any_phone_has(language: str) -> None:
    for one in (messages.alarm(CASE, language), messages.watched(CASE, language)):
        assert one.short.isascii()
        assert one.short.endswith(" Ref 3f9a1c02")
        assert ("JANGAN hapus" in one.short) or ("do NOT delete" in one.short)


@pytest.mark.parametrize("language", ["id", "en"])
def test_nothing_says_what_an_office_would_misread(language: str) -> None:
    texts = [
        *every(CASE, language),
        bulletins.all_quiet(QUIET, language),
        bulletins.test("piket", language),
        *(one.message for one in bulletins.together(["a", "b"], language)),
    ]
    for one in texts:
        said = f"{one.title} {one.body} {one.short}".lower()
        assert not [word for word in BANNED if word in said], said


def test_what_nobody_confirmed_is_only_suspected() -> None:
    confirmed = msgspec.structs.replace(CASE, is_confirmed=True)

    assert messages.alarm(CASE, "id").title.startswith("DIDUGA DIRETAS")
    assert messages.alarm(confirmed, "id").title.startswith("TERKONFIRMASI DIRETAS")


def test_a_post_is_not_quoted_and_its_numbers_are_not_told_on() -> None:
    wordings = (Wording(id="hubungi 0858-0000-7316 di menang.example", en="x"),)
    told = messages.alarm(msgspec.structs.replace(CASE, why=wordings), "id")

    assert "0858" not in told.body
    assert "085…16 di menang[.]example" in told.body
    assert "tebus" not in messages.alarm(CASE, "id").body


def test_a_kind_of_which_nobody_knows_how_likely_it_is_is_named_alone() -> None:
    plain = msgspec.structs.replace(VERDICT, categories=())
    unknown = msgspec.structs.replace(VERDICT, category="UNKNOWN")

    assert messages.why_of(plain)[0].id == "jualan barang murah"
    assert messages.why_of(unknown)[0].id == REASONS[0].why.id.partition(":")[0]


def test_old_news_says_when_it_was_read() -> None:
    late = msgspec.structs.replace(CASE, now=TAKEN_OVER + timedelta(days=40))

    assert "Baru terbaca: Selasa, 31 Desember 2024" in messages.alarm(late, "id").body


def test_a_post_is_named_by_its_id_where_it_has_no_address() -> None:
    for url in (None, "javascript:alert(1)", "https://x.example/" + "a" * 200, "https://a b"):
        told = messages.alarm(msgspec.structs.replace(CASE, post_url=url), "id").body
        assert "ID unggahan: dfb01b530e7f112f" in told
        assert "Unggahan: http" not in told


def test_blindness_is_worded_by_whose_doing_it_is() -> None:
    said = {
        whose: bulletins.blind(msgspec.structs.replace(UNREAD, whose=whose), "id").body
        for whose in phrases.BLIND_WHY
    }

    assert len(set(said.values())) == len(said)
    assert "Gangguan di sisi kami" in said["ours"]
    assert "Gangguan di Instagram" in said["platform"]
    assert "Perbarui tokennya" in said["token"]
    assert "Buka akun itu dari ponsel sekarang" in said["account"]
    for one in said.values():
        assert "Selama tidak terbaca, peretasan tidak akan terlihat." in one


def test_all_quiet_is_said_only_when_it_is() -> None:
    noisy = msgspec.structs.replace(QUIET, open_incidents=("@kpukabblora (Instagram)",))
    blind = msgspec.structs.replace(QUIET, unread=("@kpukabblora (Instagram)",))

    assert bulletins.all_quiet(QUIET, "id").title == "Semua tenang: 12 akun dibaca 24.192 kali"
    assert "tiap 7 hari" in bulletins.all_quiet(QUIET, "id").body
    for one in (noisy, blind):
        told = bulletins.all_quiet(one, "id")
        assert "tenang" not in told.title.lower()
        assert "@kpukabblora (Instagram)" in told.body
        assert "Tidak ada tanda peretasan" not in told.body


WORDS = st.text(max_size=300)
ANY_ACCOUNT = st.builds(
    Account,
    platform=st.sampled_from(["instagram", "x", "mastodon", "lain"]) | WORDS,
    handle=WORDS,
    institution=st.none() | WORDS,
    timezone=st.sampled_from([None, "Asia/Jakarta", "Asia/Jayapura", "America/Sao_Paulo"]),
    duty_contact=st.none() | WORDS,
    reports_to=st.lists(WORDS, max_size=2).map(tuple),
)
ANY_CASE = st.builds(
    Case,
    account=ANY_ACCOUNT,
    state=st.just(State.COMPROMISED),
    since=st.just(TAKEN_OVER),
    at=st.just(TAKEN_OVER),
    probability=st.floats(0, 1),
    now=st.sampled_from([TAKEN_OVER, TAKEN_OVER + timedelta(days=3)]),
    why=st.lists(st.builds(Wording, id=WORDS, en=WORDS), max_size=3).map(tuple),
    post_id=st.none() | WORDS,
    post_url=st.none() | WORDS,
    sisters=st.lists(WORDS, max_size=30).map(tuple),
    ref=st.sampled_from(["", "3f9a1c02"]),
)


@settings(max_examples=120)
@given(case=ANY_CASE, language=st.sampled_from(["id", "en"]))
def test_every_message_fits_a_phone_whatever_is_in_it(case: Case, language: str) -> None:
    for one in every(case, language):
        marked = len(one.body) + len(phrases.REPEATED.said(language)) + 1
        assert marked <= 900
        assert len(one.short) + len(phrases.REPEATED.said(language)) + 1 <= 300
        assert 0 < len(one.title) <= messages.TITLE
        assert "\x1b" not in one.body
        assert not one.title.splitlines()[1:]


@settings(max_examples=60)
@given(case=ANY_CASE, language=st.sampled_from(["id", "en"]))
def test_what_to_do_first_gives_way_to_nothing(case: Case, language: str) -> None:
    told = messages.alarm(case, language).body

    for rank in range(1, 6):
        assert f"\n{rank}. " in told
    assert ("JANGAN dihapus dulu" in told) or ("Do NOT delete it yet" in told)
    if case.ref:
        assert told.endswith(f"Ref {case.ref}")


@settings(max_examples=60)
@given(
    titles=st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=100), min_size=1, max_size=90),
    is_campaign=st.booleans(),
    room=st.sampled_from([messages.LONGEST, messages.SHORTEST]),
)  # fmt: skip
def test_what_is_told_together_leaves_nobody_out(
    titles: list[str], is_campaign: bool, room: int
) -> None:
    told = bulletins.together(titles, "id", room=room, is_campaign=is_campaign)

    assert sum(one.told for one in told) == len(titles)
    left = list(titles)
    for one in told:
        text = one.message.body if room == messages.LONGEST else one.message.short
        for title in left[: one.told]:
            assert title.translate(messages._FOLDED) in text.translate(messages._FOLDED)
        left = left[one.told :]
