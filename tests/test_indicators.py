"""What each indicator reads in particular: spans as written, and their values."""

from __future__ import annotations

import re
from typing import Final
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector import assembly, matching
from detector.indicators import _links
from detector.indicators._finder import Finder
from detector.indicators._phrases import in_order
from detector.indicators.interface import WordIndicator, compile_pattern, words
from detector.matching import matched, spans_of
from detector.text import fold

FINDER: Final = assembly.finder()


def _found(indicator: str, text: str) -> list[tuple[str, str | None]]:
    return [
        (finding.text, finding.value)
        for finding in FINDER.find(fold([text]))[0]
        if finding.indicator == indicator
    ]


@pytest.mark.parametrize(
    "written",
    [
        "0812-0000-4521",
        "0812.0000.4521",
        "0812_0000_4521",
        "081200004521",
        "(0812) 0000 4521",
        "+62 812 0000 4521",
        "+6281200004521",
        "62812 0000 4521",
        "(+62) 812-0000-4521",
        "+62 (0)812 0000 4521",
        "0 8 1 2 0 0 0 0 4 5 2 1",
        "O812 0000 4521",
        "0️⃣8️⃣1️⃣2️⃣0️⃣0️⃣0️⃣0️⃣4️⃣5️⃣2️⃣1️⃣",
        "０８１２ ００００ ４５２１",
        "𝟘𝟠𝟙𝟚-𝟘𝟘𝟘𝟘-𝟜𝟝𝟚𝟙",
        "⓪⑧①② 0000 4521",
        "0812\u200b0000\u200b4521",
        "812-0000-4521",
        "nol delapan satu dua nol nol nol nol empat lima dua satu",
        "NOL-DELAPAN-SATU-DUA-NOL-NOL-NOL-NOL-EMPAT-LIMA-DUA-SATU",
        "kosong lapan satu dua, nol nol nol nol, empat lima dua satu",
        "zero eight one two zero zero zero zero four five two one",
        "enam dua delapan satu dua nol nol nol nol empat lima dua satu",
        "nol delapan satu dua dobel nol dobel nol empat lima dua satu",
        "oh eight one two double oh double oh four five two one",
        "nol 8 satu dua nol nol nol nol 4 5 2 1",
        "kosong 812 0000 4521",
        "08 satu dua 0000 4521",
        "0812 nol nol nol nol 4521",
        "nol-delapan-satu-dua 0000 4521",
        "enam dua 812 0000 4521",
    ],
)
def test_every_spelling_of_a_mobile_number_is_one_number(written: str) -> None:
    assert [(written, "+6281200004521")] == _found("whatsapp_number", f"Info WA {written}, ya")


@pytest.mark.parametrize(
    "link",
    [
        "wa.me/6281200004521",
        "wa.me/+6281200004521",
        "wa.me/qr/6281200004521",
        "wa.link/6281200004521",
        "whatsapp.com/send?phone=6281200004521",
        "whatsapp.com/send/?phone=%2B6281200004521",
        "whatsapp://send?phone=6281200004521",
        "whatsapp.com/send?text=halo&phone=6281200004521",
        "wasap.my/6281200004521",
    ],
)
def test_a_chat_link_gives_its_number(link: str) -> None:
    assert [(link, "+6281200004521")] == _found("whatsapp_number", f"klik {link}")


@pytest.mark.parametrize(
    ("text", "written", "value"),
    [
        ("Telepon (0296) 531000", "(0296) 531000", "+62296531000"),
        ("Telp. 021-5000 1234", "021-5000 1234", "+622150001234"),
        ("Fax 0296 531 000", "0296 531 000", "+62296531000"),
        ("office +60 12-000 4455", "+60 12-000 4455", "+60120004455"),
        ("call +1 (202) 555-0100", "+1 (202) 555-0100", "+12025550100"),
        ("call +65 6000 0000 now", "+65 6000 0000", "+6560000000"),
        ("0812.0000.4521.", "0812.0000.4521", "+6281200004521"),
        ("0812 0000 4521orang", "0812 0000 4521", "+6281200004521"),
        ("0812 0000 4521 08.00 WIB", "0812 0000 4521", "+6281200004521"),
    ],
)
def test_a_telephone_number_is_read_as_e164(text: str, written: str, value: str) -> None:
    assert [(written, value)] == _found("phone_number", text)


@pytest.mark.parametrize("between", [" / ", "/", "\n", ", ", " ", " atau ", " - "])
def test_numbers_in_a_list_are_told_apart(between: str) -> None:
    found = _found("whatsapp_number", f"WA 0812 0000 4521{between}0813 0000 4522")

    assert found == [("0812 0000 4521", "+6281200004521"), ("0813 0000 4522", "+6281300004522")]


def test_a_spelled_number_ends_where_it_is_one() -> None:
    """What follows may be the next number, an hour or a price."""
    first, second = "nol delapan satu dua nol nol nol nol empat lima dua satu", "0813 0000 4522"
    expected = [(first, "+6281200004521"), (second, "+6281300004522")]

    assert expected == _found("phone_number", f"{first} {second}")
    assert _found("phone_number", "pukul 08 dua sesi, tiga puluh lima orang") == []


@pytest.mark.parametrize(
    "text",
    [
        "NIK 3316010812000045",
        "no rek 081200004521000",
        "NIP 19850812 201001 1 002",
        "2024-08-12 08.00 - 12.00",
        "Nomor 081/PP.04/3316/2024",
        "1.081.200.004.521",
    ],
)
def test_longer_rows_of_digits_are_no_telephone_numbers(text: str) -> None:
    assert _found("phone_number", text) + _found("whatsapp_number", text) == []


@pytest.mark.parametrize(
    ("text", "indicator"),
    [
        ("WA 0858 0000 4471", "whatsapp_number"),
        ("0858 0000 4471 (WA)", "whatsapp_number"),
        ("Chat admin: 0858 0000 4471", "whatsapp_number"),
        ("Hotline 0858 0000 4471", "phone_number"),
        ("Telepon 0858 0000 4471\nWA segera dibuka", "phone_number"),
    ],
)
def test_a_number_is_of_whatsapp_when_it_is_named_beside_it(text: str, indicator: str) -> None:
    kinds = [kind for kind in ("whatsapp_number", "phone_number") if _found(kind, text)]

    assert [indicator] == kinds


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("Rp 6.800.000", "IDR 6800000"),
        ("Rp. 6,8 jt", "IDR 6800000"),
        ("IDR 1.500.000", "IDR 1500000"),
        ("𝗥𝗽 𝟲.𝟴𝟬𝟬.𝟬𝟬𝟬", "IDR 6800000"),
        ("Rp 6️⃣.8️⃣0️⃣0️⃣.0️⃣0️⃣0️⃣", "IDR 6800000"),
        ("Rp 1.234.567,89", "IDR 1234567.89"),
        ("Rp 1,2 miliar", "IDR 1200000000"),
        ("Rp 2,5 triliun", "IDR 2500000000000"),
        ("Rp 10.000.000.000", "IDR 10000000000"),
        ("500rb", "IDR 500000"),
        ("500 ribu", "IDR 500000"),
        ("1,5 juta", "IDR 1500000"),
        ("25 juta rupiah", "IDR 25000000"),
        ("50k", "IDR 50000"),
        ("6.800.000/unit", "IDR 6800000"),
        ("6.800.000 per unit", "IDR 6800000"),
        ("3.700.000", "IDR 3700000"),
        ("RM 250", "MYR 250"),
        ("RM1,299.00", "MYR 1299"),
        ("$5,000", "USD 5000"),
        ("US$ 99.90", "USD 99.90"),
        ("$1 million", "USD 1000000"),
        ("USDT 250", "USDT 250"),
        ("SGD 12", "SGD 12"),
        ("6jt", "IDR 6000000"),
        ("6 koma 8 juta", "IDR 6800000"),
        ("6,8 jutaan", "IDR 6800000"),
        ("500 ribuan", "IDR 500000"),
        ("Rp 1,5 M", "IDR 1500000000"),
        ("Rp 2 T", "IDR 2000000000000"),
        ("$5M", "USD 5000000"),
        ("lima juta delapan ratus ribu rupiah", "IDR 5800000"),
        ("seratus sebelas ribu rupiah", "IDR 111000"),
        ("satu setengah juta rupiah", "IDR 1500000"),
        ("250 ringgit", "MYR 250"),
        ("5 juta ringgit", "MYR 5000000"),
        ("250 dolar", "USD 250"),
        ("250 USDT", "USDT 250"),
        ("R$ 250", "BRL 250"),
        ("S$ 40", "SGD 40"),
    ],
)
def test_a_price_is_read_in_its_currency(written: str, value: str) -> None:
    assert [(written, value)] == _found("price", f"cuma {written} ya")


@pytest.mark.parametrize(
    ("written", "domain"),
    [
        ("https://kab-blora.kpu.go.id/berita/7", "kpu.go.id"),
        ("HTTPS://KPU.GO.ID", "kpu.go.id"),
        ("www.unadiwana.ac.id", "unadiwana.ac.id"),
        ("hxxp://hadiah[.]xyz/klaim", "hadiah.xyz"),
        ("hadiah(.)com", "hadiah.com"),
        ("hadiah [dot] com", "hadiah.com"),
        ("ｂｉｔ.ｌｙ/abc", "bit.ly"),
        ("bit。ly/abc", "bit.ly"),
        ("http://203.0.113.9/bansos", "203.0.113.9"),
        ("https://kpu.go.id@hadiah.com/masuk", "hadiah.com"),
        ("https://contoh.pl:8080/a?b=c", "contoh.pl"),
        ("bansos-2024.netlify.app", "bansos-2024.netlify.app"),
    ],
)
def test_a_link_is_read_down_to_its_registered_domain(written: str, domain: str) -> None:
    assert [(written, domain)] == _found("link", f"Buka {written}. Terima kasih")


@pytest.mark.parametrize(
    "text",
    [
        "info@contoh.go.id",
        "kegiatan.Di desa",
        "pukul 08.00",
        "203.0.113.9",
        "contoh.pl",
        "a.n. Budi, S.H.",
    ],
)
def test_addresses_abbreviations_and_numbers_are_no_links(text: str) -> None:
    assert _found("link", text) == []


@pytest.mark.parametrize(
    ("text", "written", "value"),
    [
        ("Klaim di bit.ly/Hadiah", "bit.ly/Hadiah", "bit.ly/hadiah"),
        ("(https://s.id/1xYz)", "https://s.id/1xYz", "s.id/1xyz"),
        ("rb.gy/abc12!", "rb.gy/abc12", "rb.gy/abc12"),
        ("cek linktr.ee/slotgacor.", "linktr.ee/slotgacor", "linktr.ee/slotgacor"),
    ],
)
def test_a_shortened_link_keeps_its_path(text: str, written: str, value: str) -> None:
    assert [(written, value)] == _found("short_link", text)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("Login di zeus88.vip", "zeus88.vip"),
        ("https://xn--kpu-8cd.com/a", "xn--kpu-8cd.com"),
        ("http://203.0.113.9/bansos", "203.0.113.9"),
        ("promo.blogspot.com", "promo.blogspot.com"),
        ("kpu.go.id.hadiah.xyz", "kpu.go.id.hadiah.xyz"),
        ("hadiah[.]xyz", "hadiah.xyz"),
    ],
)
def test_throw_away_hosts_are_suspicious(text: str, host: str) -> None:
    assert [host] == [value for _, value in _found("suspicious_link", text)]


@pytest.mark.parametrize("text", ["https://kpu.go.id", "notvercel.app", "www.contoh.co.id"])
def test_ordinary_hosts_are_not_suspicious(text: str) -> None:
    assert _found("suspicious_link", text) == []


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("https://kab-blora.kpu.go.id", "kpu.go.id"),
        ("unadiwana.ac.id", "unadiwana.ac.id"),
        ("sukamakmur.desa.id", "sukamakmur.desa.id"),
        ("www.cdc.gov", "cdc.gov"),
    ],
)
def test_reserved_name_spaces_are_of_the_government(text: str, domain: str) -> None:
    assert [domain] == [value for _, value in _found("government_link", text)]


@pytest.mark.parametrize(
    "host", ["", ".", "...", "go.id", "1.2.3", "a" * 300, "-.-", "xn--", "xn--.com"]
)
def test_a_host_without_a_real_ending_has_no_domain(host: str) -> None:
    assert _links.split(host) is None or _links.split(host) == ("xn--.com", "com")


@pytest.mark.parametrize(
    ("text", "written", "value"),
    [
        ("s l o t  g a c o r", "s l o t  g a c o r", "slot gacor"),
        ("S.L.O.T", "S.L.O.T", "slot"),
        ("sl0t", "sl0t", "slot"),
        ("gacorrrrr", "gacor", "gacor"),
        ("𝕄𝔸ℍ𝕁𝕆ℕ𝔾 𝕎𝔸𝕐𝕊", "𝕄𝔸ℍ𝕁𝕆ℕ𝔾 𝕎𝔸𝕐𝕊", "mahjong ways"),
    ],
)
def test_gambling_is_named_however_it_is_disguised(text: str, written: str, value: str) -> None:
    assert [(written, value)] == _found("gambling", text)


@pytest.mark.parametrize(
    ("text", "written", "value"),
    [
        ("mainnya di ZEUS88!", "ZEUS88", "zeus88"),
        ("dewa138", "dewa138", "dewa138"),
        ("raja4d", "raja4d", "raja4d"),
        ("⭐ K E L A N A 1 7 ⭐", "K E L A N A 1 7", "kelana17"),
        ("M̲A̲W̲A̲R̲T̲O̲T̲O̲ ramai", "M̲A̲W̲A̲R̲T̲O̲T̲O̲", "mawartoto"),
    ],
)
def test_a_brand_is_named_by_its_shape(text: str, written: str, value: str) -> None:
    assert [(written, value)] == _found("betting_brand", text)


@pytest.mark.parametrize(
    "text", ["COVID19", "covid88", "HUT RI ke-77", "SMA77", "Pasal 88", "abad"]
)
def test_numbered_names_of_offices_are_no_brands(text: str) -> None:
    assert _found("gambling", text) == []


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Buka Undangan-Digital.APK", "Undangan-Digital.APK"),
        ("unduh file APK di sini", "file APK"),
        ("cek bansos . apk", "apk"),
        ("surat_tilang.apk ya", "surat_tilang.apk"),
    ],
)
def test_an_apk_is_found_by_name_or_word(text: str, written: str) -> None:
    assert [(written, written.lower())] == _found("apk_file", text)


@pytest.mark.parametrize(
    "wallet",
    [
        "0x52908400098527886E0F7030069857D2E4169EE7",
        "0xde709f2102306220921060314715629080e2fb77",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
    ],
)
def test_a_wallet_is_given_as_it_was_written(wallet: str) -> None:
    assert [(wallet, wallet)] == _found("crypto_doubling", f"kirim ke {wallet}")


@pytest.mark.parametrize(
    ("text", "written", "value"),
    [
        ("BRI 0000-01-000000-50-8 a.n. X", "BRI 0000-01-000000-50-8", "BRI 000001000000508"),
        ("rek. BCA a/n Sari: 0150 0000 28", "rek. BCA a/n Sari: 0150 0000 28", "BCA 0150000028"),
        ("No Rek 0200000017 (Bank Jatim)", "No Rek 0200000017", "JATIM 0200000017"),
        ("BRI\nBNI 0000 0123 45", "BNI 0000 0123 45", "BNI 0000012345"),
        ("ＢＣＡ ０１５００００028", "ＢＣＡ ０１５００００028", "BCA 0150000028"),
        ("VA 8808 0000 0000 0017", "VA 8808 0000 0000 0017", "8808000000000017"),
        ("rek 081200004521", "rek 081200004521", "081200004521"),
    ],
)
def test_a_bank_account_is_its_bank_and_its_digits(text: str, written: str, value: str) -> None:
    assert [(written, value)] == _found("bank_account", text)


@pytest.mark.parametrize(
    "text",
    [
        "BRI menyalurkan Rp 10.500.000.000",
        "BNI 12-08-2024",
        "BRI 2023-2024",
        "BTN hub. 0296531000",
        "usaha mandiri 0812 0000 4521",
        "QRIS BSI, NMID 1020000000000017",
        "rekening sejak tahun 20102012",
    ],
)
def test_other_numbers_beside_a_bank_are_no_accounts(text: str) -> None:
    assert _found("bank_account", text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("DANA: 0812-0000-4521", "DANA +6281200004521"),
        ("Dana ke 0812 0000 4521", "DANA +6281200004521"),
        ("GoPay/OVO 0812 0000 4521", "OVO +6281200004521"),
        ("Shopee Pay a.n. Budi 0812 0000 4521", "SHOPEEPAY +6281200004521"),
        ("0812 0000 4521 (LinkAja)", "LINKAJA +6281200004521"),
        ("ovo nol delapan satu dua nol nol nol nol empat lima dua satu", "OVO +6281200004521"),
        ("dompet digital 0812 0000 4521", "E-WALLET +6281200004521"),
    ],
)
def test_an_ewallet_is_its_name_and_its_number(text: str, value: str) -> None:
    assert [value] == [found for _, found in _found("ewallet_account", text)]


@pytest.mark.parametrize(
    "text",
    ["bantuan dana 0812 0000 4521", "dana desa 0812 0000 4521", "OVO atau GoPay. Rp 500.000.000"],
)
def test_funds_and_sums_are_no_ewallet(text: str) -> None:
    assert _found("ewallet_account", text) == []


def test_a_wallet_is_read_with_its_capitals_by_both_ways_of_reading() -> None:
    """Folding does away with capitals; what is noticed without spans must be verified all the same."""
    right = "Send to 👉1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
    batch = fold([right, right.replace("DivfNa", "divfna"), "tanpa dompet", right.swapcase()])
    noticed = FINDER.notice(batch)

    assert ["crypto_wallet" in one.names for one in noticed] == [True, False, False, False]
    assert ("crypto_wallet", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa") in {
        (name, value) for name, value, _ in noticed[0].values
    }


@pytest.mark.parametrize(
    ("text", "is_asked"),
    [
        ("Kirim kode OTP ke admin", True),
        ("Bacakan enam angka yang masuk", True),
        ("Share the verification code with us", True),
        ("Hati-hati! Jangan berikan kode OTP", False),
        ("Kami tidak meminta Anda kirim kode OTP.", False),
        ("Tanpa OTP. Kirim kode verifikasi ke kami", True),
        ("We never ask you to share the verification code", False),
        ("Pelaku menyuruh korban kirim kode OTP", False),
    ],
)
def test_a_code_is_asked_for_or_warned_of(text: str, *, is_asked: bool) -> None:
    assert is_asked == bool(_found("code_request", text))


@pytest.mark.parametrize(
    ("indicator", "text", "value"),
    [
        ("account_move", "Akun ini p i n d a h ke @lain", "akun ini pindah ke"),
        ("account_phishing", "Your account will be suspended", "account will be suspended"),
        ("adult_bait", "OPEN.BO", "open.bo"),
        ("apk_file", "instal apk", "instal apk"),
        ("arrest_news", "Tersangka", "tersangka"),
        ("channel_switching", "Link di bio", "link di bio"),
        ("cheap_goods", "t e b u s  m u r a h", "tebus murah"),
        ("cheap_goods", "Ｒｅａｄｙ Ｓｔｏｃｋ", "ready stock"),
        ("cheap_goods", "Diskon hingga 90%!", "diskon hingga 90"),
        ("cheap_goods", "cicilan 0% ya", "cicilan 0"),
        ("claim_condition", "WAJIB FOLLOW", "wajib follow"),
        ("consumer_goods", "iPhone13", "iphone13"),
        ("consumer_goods", "iphone 13 pro max", "iphone 13 pro max"),
        ("crypto_doubling", "AirDrop", "airdrop"),
        ("crypto_doubling", "send 0.5 ETH", "send 0.5 eth"),
        ("fraud_warning", "mengatasnamakan", "mengatasnamakan"),
        ("follower_sale", "jual followers", "jual followers"),
        ("forged_document", "Ijazah S1 terdaftar", "ijazah s1 terdaftar"),
        ("giveaway", "GIVEAWAY", "giveaway"),
        ("giveaway", "g1veaway", "giveaway"),
        ("hacker_boast", "h4cked by", "hacked by"),
        ("legal_language", "Keputusan KPU Nomor", "keputusan kpu nomor"),
        ("legal_language", "ayat (2) huruf a", "ayat (2"),
        ("loan_offer", "p.i.n.j.a.m.a.n cepat", "pinjaman cepat"),
        ("investment_offer", "profit 5% per hari", "profit 5% per hari"),
        ("job_tasks", "kerja\nsampingan", "kerja\nsampingan"),
        ("official_event", "dibuka oleh Camat", "dibuka oleh"),
        ("official_greeting", "Dirgahayu", "dirgahayu"),
        ("payment_first", "DP dulu", "dp dulu"),
        ("prize_notice", "P1N pemenang", "pin pemenang"),
        ("qris", "Q.R.I.S", "qris"),
        ("ransom_demand", "akun ini dijual", "akun ini dijual"),
        ("recovery_service", "got my account back", "got my account back"),
        ("reported_speech", "Beredar pesan", "beredar pesan"),
        ("tender_language", "APBD", "apbd"),
        ("payment_first", "DP 20%", "dp 20"),
        ("urgency", "BURUANNNN", "buruan"),
    ],
)
def test_a_phrase_is_its_own_value(indicator: str, text: str, value: str) -> None:
    assert value in [found for _, found in _found(indicator, text)]


def _spelled(data: st.DataObject, expression: str) -> bytes:
    """Draw a text that an expression matches; a vertical tab is a space to Python alone."""
    text = data.draw(st.from_regex(re.compile(expression, re.ASCII), fullmatch=True))
    return text.replace("\x0b", " ").encode("ascii")


def _phrases() -> list[str]:
    kinds = [
        kind for kind in assembly.indicator_kinds().values() if issubclass(kind, WordIndicator)
    ]
    return [one for kind in kinds for one in kind.phrases if isinstance(one, str)]


@given(st.data())
def test_phrases_in_order_match_what_they_matched_and_nothing_else(data: st.DataObject) -> None:
    some = data.draw(st.lists(st.sampled_from(_phrases()), min_size=1, max_size=4))
    given_so, in_new_order = words(*some), words(*in_order(some))

    assert compile_pattern(in_new_order).fullmatch(_spelled(data, given_so))
    assert compile_pattern(given_so).fullmatch(_spelled(data, in_new_order))


@pytest.mark.parametrize("is_short", [True, False])
@given(text=st.binary(max_size=40), expression=st.sampled_from(["a+", "a*", "", r"\bab?", "[^a]$"]))
def test_matches_stand_where_the_library_says(text: bytes, expression: str, is_short: bool) -> None:
    """`spans_of` takes a shorter way to what `finditer` tells, matches of nothing included, where there is that way."""
    pattern = compile_pattern(expression)
    anywhere = matching._ANYWHERE if is_short else None
    with mock.patch.object(matching, "_ANYWHERE", anywhere):
        told = list(spans_of(pattern, text))
    assert told == [one.span() for one in pattern.finditer(text)]


def test_a_finder_may_hold_any_of_the_indicators() -> None:
    """Alone, many have no trigger of the kind that is looked for in all texts at once."""
    for name, kind in assembly.indicator_kinds().items():
        batch = fold([*kind.hits, "", *kind.misses])
        noticed = Finder([kind()]).notice(batch)

        assert [bool(one.names) for one in noticed] == [True] * len(kind.hits) + [False] * (
            len(kind.misses) + 1
        ), name


@given(
    st.lists(st.text("ab ").map(str.encode), min_size=1), st.sampled_from(["a+", r"\bab?", "bb"])
)
def test_of_texts_laid_end_to_end_those_are_told_that_match(
    texts: list[bytes], expression: str
) -> None:
    pattern = compile_pattern(expression)
    ends = [sum(len(text) + 1 for text in texts[: place + 1]) for place in range(len(texts))]
    told = matched(pattern, b"".join(text + b"\0" for text in texts), ends)
    assert told == [place for place, text in enumerate(texts) if pattern.search(text)]


@pytest.mark.parametrize(
    ("host", "parts"),
    [
        ("www.kantor.xn--p1ai", ("kantor.xn--p1ai", "xn--p1ai")),
        ("kantor.go.id", ("kantor.go.id", "go.id")),
        ("kantor.xn--tidakada", None),
    ],
)
def test_endings_in_other_alphabets_are_known_as_they_are_encoded(
    host: str, parts: tuple[str, str] | None
) -> None:
    assert _links.split(host) == parts


_OF_LINKS: Final = (
    "a", "b1", "com", "museum", "go.id", "www", "http", "hxxps", "10.0.0.1", ":", "//", ".", " ", "-", "@", "/", "\n",
    "[.]", "(.)", "[dot]", "(dot)", "[dot)", "(dot]", " [dot] ",
)  # fmt: skip


@given(pieces=st.lists(st.sampled_from(_OF_LINKS), max_size=12))
def test_no_link_is_found_that_no_trigger_announces(pieces: list[str]) -> None:
    """Of a batch links are looked for without their triggers: it must not matter."""
    text = fold(["".join(pieces)])[0]
    announced = any(compile_pattern(one).search(text.codes) for one in _links.TRIGGERS)
    assert announced or not _links.links(text)
