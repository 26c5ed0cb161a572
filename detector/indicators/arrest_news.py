"""News of arrests and trials."""

from __future__ import annotations

from typing import ClassVar

from detector.indicators.interface import WordIndicator
from detector.records import Wording


class ArrestNews(WordIndicator):
    """Suspects, arrests, charges and sentences, told in the third person."""

    phrases: ClassVar = (
        "tersangka", "terduga pelaku", "terdakwa", "terpidana",
        "pelaku (?:ditangkap|diamankan|berinisial|dijerat|berhasil|utama|pencurian|penipuan|curanmor|pembunuhan|penganiayaan)",
        "berinisial", "inisial [a-z]{1,3}", "diringkus", "dibekuk", "ditangkap", "diciduk", "digerebek", "digelandang",
        "diamankan (?:polisi|petugas|polres|polsek|tim|di|oleh|beserta|bersama|barang|ke|unit|satreskrim)",
        "mengamankan (?:pelaku|tersangka|seorang|dua|tiga|empat|lima|barang|[0-9]|terduga|pria|wanita|sejumlah)",
        "menangkap (?:pelaku|seorang|dua|tiga|[0-9]|tersangka|terduga|pria)", "meringkus", "membekuk", "menggerebek", "penggerebekan",
        "barang bukti", "dijerat (?:pasal|dengan)", "ancaman (?:hukuman|pidana|penjara)", "pidana penjara", "dilimpahkan", "satreskrim",
        "reskrim(?:sus|um)?", "ditres[a-z]{4,12}", "resnarkoba", "resmob", "jatanras", "olah tkp", "(?:ungkap|pengungkapan) kasus",
        "divonis", "dituntut [0-9]", "penuntut umum", "penyidik(?:an)?",
        "(?:was|were|been|being|man|woman|suspects?) (?:arrested|charged|sentenced|indicted|convicted|apprehended)",
        "arrested (?:for|in|on|after|a)", "suspects? (?:in|was|were|is|are|arrested|vehicle)", "into custody", "ple(?:a)?d(?:ed)? guilty",
        "sentenced to", "charged with", "indicted", "convicted of",
    )  # fmt: skip
    hits: ClassVar = (
        "Polisi meringkus pelaku penipuan",
        "Tersangka berinisial AB dijerat pasal 378",
        "Barang bukti 21 ponsel",
        "A man was arrested for fraud",
    )
    misses: ClassVar = (
        "sangka baik",
        "pelaku usaha mikro",
        "tangkap peluang ini",
        "the arresting view",
    )
    speaks_for: ClassVar = "owner"
    meaning: ClassVar = Wording(
        id="memberitakan penangkapan atau perkara", en="tells of an arrest or a trial"
    )
