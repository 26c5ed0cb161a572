"""Sexual bait."""

from __future__ import annotations

from typing import ClassVar

from detector.indicators.interface import WordIndicator
from detector.records import Wording


class AdultBait(WordIndicator):
    """Offers of sex and dates, leaked videos."""

    phrases: ClassVar = (
        "(?:open|avail) (?:bo|vcs|expo)", "vcs", "bispak", "pi[jt][ai]t plus",
        "(?:janda|tante|ukhti|binor|stw|ceweq?k?|brondong) (?:muda|kesepian|kaya|bispak|nakal|hot|montok|sange|girang)",
        "(?:video|vidio|vid|film) (?:viral )?(?:mesum|bokep|syur|porno?|bugil|telanjang|hot|skandal|no sensor|tanpa sensor)", "bokep",
        "(?:link|video|vidio|full) (?:full )?(?:viral|durasi|versi) (?:[0-9]{1,3} (?:menit|detik)|full|tanpa sensor|ibu|siswi|mahasiswi|guru|selebgram)",
        "full (?:durasi|vid|clip) (?:[0-9]|di|in|here|link|no)",
        "(?:siswi|mahasiswi|selebgram|guru|bidan|perawat) (?:viral|hot|mesum|bugil)",
        "(?:hot|sexy|lonely|naughty|horny) (?:girls?|singles?|women|woman|moms?|milfs?|wife|wives|ladies|babes?)", "nudes", "onlyfans",
        "xxx", "porn(?:hub)?", "(?:private|secret|spicy) (?:pics|photos|vids|videos|content)",
        "(?:sex|sexy) (?:video|chat|cam|tape|meet|date|tonight)", "full body massage", "happy ending", "sugar (?:daddy|mommy|mummy|baby)",
        "(?:near|around) you (?:want|waiting)", "leaked (?:video|vid|tape|nudes)", "mga? ?scandal",
        "(?:teman|temen) (?:tidur|kencan|ranjang|ngamar|ngobrol (?:malam|tengah|dewasa|cowok|pria))", "kontak jodoh", "obat kuat",
        "(?:pembesar|perbesar) (?:penis|alat vital)", "vimax", "viagra",
    )  # fmt: skip
    hits: ClassVar = (
        "OPEN BO area kota, real no dp",
        "link video viral full durasi 14 menit",
        "Hot singles near you tonight",
        "bokep terbaru",
    )
    misses: ClassVar = (
        "video dewasa muda berprestasi",
        "vcsirt pelatihan",
        "janda dan lansia penerima bansos",
        "full video rapat ada di kanal kami besok",
    )
    meaning: ClassVar = Wording(id="memancing dengan ajakan seksual", en="baits with sex")
