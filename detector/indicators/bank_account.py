"""A bank account to which money is to be sent."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, ClassVar, Final

from detector.indicators._phrases import in_order
from detector.indicators.interface import Indicator, Span, compile_pattern, words
from detector.records import Wording
from detector.text import Folded

_NATIONAL: Final = (
    "bca", "bri", "bni", "bsi", "btn", "mandiri", "cimb(?: niaga)?", "danamon", "permata", "panin", "btpn", "jenius", "jago",
    "seabank", "sea bank", "bjb", "muamalat", "bukopin", "ocbc(?: nisp)?", "maybank", "allo bank", "allobank", "blu", "superbank",
)  # fmt: skip
_REGIONAL: Final = (
    "bank (?:daerah|bpd|jateng|jatim|jabar|dki|diy|nagari|sumut|sumsel|aceh|riau|jambi|lampung|bengkulu|banten|bali|ntb|ntt|kalbar|kalsel"
    "|kalteng|kaltim|kaltimtara|sulselbar|sulut|sulutgo|sulteng|sultra|maluku|papua|mega|neo|raya|sinarmas|syariah indonesia|mayapada"
    "|mestika|victoria|capital|artha graha|index|hana|uob|dbs|hsbc|islam|rakyat|negara indonesia|central asia)"
)
_BANK: Final = words(*in_order((*_NATIONAL, _REGIONAL)))
_CUE: Final = words(
    "rekening(?:nya)?", "no ?rek(?:ening)?", "rek", "norek", "virtual account", "va", "a/c", "account number", "nomor akun bank",
)  # fmt: skip
# Without groups, which keep RE2 from its fastest way: no name holds a digit, so the number begins at the first.
_ACCOUNT: Final[Any] = compile_pattern(
    rf"(?:{_BANK}|{_CUE})[^0-9\x00]{{0,45}}[0-9](?:[ .\-]?[0-9]){{7,17}}"
)
_NO_DIGITS: Final = bytes(code for code in range(256) if code not in b"0123456789")
_NAMED: Final[Any] = compile_pattern(_BANK)
_NAMED_AFTER: Final[Any] = compile_pattern(rf"[\s(,/\-]{{0,4}}({_BANK})")
_CUED: Final[Any] = compile_pattern(_CUE)
_OTHERWISE: Final[Any] = compile_pattern(
    words("rp", "idr", "rupiah", "sebesar", "senilai", "telp?", "telepon", "phone", "call(?: center)?", "hp", "wa", "whatsapp", "hub(?:ungi)?",
          "fax", "sms", "nip", "nik", "npwp", "tanggal", "tgl", "tahun", "dana", "ovo", "gopay", "shopeepay", "linkaja", "nmid")
)  # fmt: skip
"""Words between a bank's name and a number that make it another number."""

_SUM_OR_DATE: Final[Any] = compile_pattern(
    r"(?:[0-9]{1,3}(?:\.[0-9]{3}){2,5}|[0-9]{1,2}[ .\-][0-9]{1,2}[ .\-][0-9]{4}|(?:19|20)[0-9]{2}[ .\-]?(?:19|20)[0-9]{2}"
    r"|(?:19|20)[0-9]{2}[ .\-][0-9]{2}[ .\-][0-9]{2}|08[0-9 .\-]{8,16}|628[0-9 .\-]{7,16})$"
)
"""Numbers that are an account's only if a word for an account stands before them."""

_AFTER: Final = 24


class BankAccount(Indicator):
    """A bank and an account number, or "rekening" and a number; the value is ``BRI 000001000000508``."""

    triggers: ClassVar = (_BANK, _CUE)
    hits: ClassVar = (
        "Transfer ke BRI 0000-01-000000-50-8 a.n. Suparno",
        "Bank : BTN\nNo : 00041-01-50-000000-1\nAtas nama : Rahmadi",
        "No. Rek 0200 0000 17 (Bank Jatim) an. Musala",
        "donasi lewat rekening Mandiri a.n. Panitia: 0000 0050 00119",
        "Virtual account 8808 0000 0000 0017",
    )
    misses: ClassVar = (
        "BRI Blora, telepon 0296 531000",
        "Bank Jateng menyalurkan Rp 10.500.000.000",
        "usaha mandiri 0812-0000-4521",
        "penghargaan BNI 12-08-2024 di aula",
        "rekening listrik bulan Agustus",
    )
    value_matters: ClassVar = True
    speaks_for: ClassVar = "nobody"
    meaning: ClassVar = Wording(id="memuat nomor rekening bank", en="gives a bank account")

    def spans(self, text: Folded) -> Iterator[Span]:
        """Yield each account, from the word that names it."""
        codes = text.codes
        for match in _ACCOUNT.finditer(codes):
            start, end = match.span()
            if found := _read(match.group(), codes[end : end + _AFTER]):
                skipped, value = found
                yield start + skipped, end, value


@lru_cache(maxsize=4096)  # an office's account stands in many of its posts
def _read(written: bytes, after: bytes) -> tuple[int, str] | None:
    """Return how much of what precedes a number is another bank's name, and the account; None if it is none."""
    number = written.lstrip(_NO_DIGITS)
    before = written[: -len(number)]
    names = list(_NAMED.finditer(before))
    named_to = max((one.end() for one in (*names, *_CUED.finditer(before))), default=0)
    if after[:1].isdigit() or _OTHERWISE.search(before[named_to:]):
        return None
    if _SUM_OR_DATE.match(number) and not _CUED.search(before):
        return None
    skipped = names[-1].start() if len(names) > 1 else 0
    name = names[-1].group() if names else _bank_after(after)
    digits = "".join(one for one in number.decode() if one.isdigit())
    return skipped, f"{_canonical(name)} {digits}" if name else digits


def _bank_after(after: bytes) -> bytes:
    match = _NAMED_AFTER.match(after)
    return match.group(1) if match else b""


def _canonical(name: bytes) -> str:
    """Return a bank's name in capitals, without "bank"."""
    spelled = "".join(one if one.isalpha() else " " for one in name.decode("latin-1")).upper()
    return " ".join(word for word in spelled.split() if word != "BANK")
