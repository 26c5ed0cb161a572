"""The language of tenders and budgets."""

from __future__ import annotations

from typing import ClassVar

from detector.indicators.interface import WordIndicator
from detector.records import Wording


class TenderLanguage(WordIndicator):
    """Tenders and procurement, budgets and their execution."""

    phrases: ClassVar = (
        "lpse", "spse", "sirup lkpp", "lkpp", "ukpbj", "tender (?:dini|ulang|konstruksi|jasa|paket|proyek|selesai|cepat|umum)",
        "(?:pengumuman|pemenang|dokumen) (?:tender|pengadaan|seleksi penyedia)", "pengadaan (?:barang|jasa|langsung|tanah)",
        "pagu (?:anggaran|paket|indikatif)", "nilai (?:kontrak|pagu|hps)", "penyedia (?:barang|jasa)", "pokja pemilihan", "e ?katalog",
        "e ?purchasing", "r?apb[dn](?:es|p)?", "dipa", "dpa skpd",
        "(?:realisasi|serapan|penyerapan|efisiensi|penganggaran) (?:anggaran|belanja|pendapatan|pad|investasi|fisik)",
        "anggaran (?:20[0-9][0-9]|perubahan|berjalan|murni)",
        "dana (?:alokasi|bagi hasil|transfer|dekonsentrasi|perimbangan|hibah daerah)", "kua ?ppas", "rka", "lkpj", "lkpd", "lakip",
        "sakip", "opini wtp", "wajar tanpa pengecualian", "belanja (?:modal|pegawai|daerah|operasi)", "pendapatan (?:asli daerah|daerah)",
        "refocusing", "sp2d", "silpa", "musrenbang(?:des|cam|kab)?", "rpjm[dn]?", "rkpd", "requests? for proposals", "rfp", "procurement",
        "invitation to (?:bid|tender)", "fiscal year", "appropriations?", "(?:annual|city|county|state|federal|proposed|balanced) budget",
        "budget (?:hearing|office|committee|proposal|resolution)", "awarded (?:a|the) contract", "licitacao", "pregao",
    )  # fmt: skip
    hits: ClassVar = (
        "Pengumuman tender di LPSE",
        "Realisasi anggaran triwulan dua",
        "APBD 2025 disahkan",
        "Request for proposals is open",
    )
    misses: ClassVar = (
        "anggaran rumah tangga hemat",
        "barang siap kirim",
        "atender",
        "bertender mobil",
    )
    speaks_for: ClassVar = "owner"
    meaning: ClassVar = Wording(
        id="memakai bahasa pengadaan dan anggaran", en="uses the language of tenders and budgets"
    )
