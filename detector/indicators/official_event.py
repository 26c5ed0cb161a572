"""The report or announcement of an official event."""

from __future__ import annotations

from typing import ClassVar

from detector.indicators.interface import WordIndicator
from detector.records import Wording


class OfficialEvent(WordIndicator):
    """Who opened it, who attended, where and when."""

    phrases: ClassVar = (
        "bertempat di", "dibuka (?:oleh|secara resmi|langsung oleh)",
        "(?:turut |juga )?dihadiri(?: langsung)? (?:oleh|para|sejumlah|jajaran|bupati|wakil|ketua|kepala)", "turut hadir",
        "hadir (?:dalam|pada|langsung|sebagai|juga|mewakili) (?:acara|kegiatan|kesempatan|kepala|ketua|para|wakil|bupati|narasumber)",
        "narasumber", "dalam sambutannya", "kata sambutan", "menyampaikan (?:sambutan|apresiasi|arahan|paparan)",
        "(?:memimpin|mengikuti|menghadiri|membuka|menggelar|melaksanakan|menyelenggarakan) (?:apel|rapat|upacara|acara|kegiatan|rakor|sosialisasi|kunjungan|pelatihan|bimtek|pembukaan|musyawarah|peringatan|pelantikan|monitoring|patroli|pengamanan|gotong)",
        "aula", "pendopo", "balai (?:desa|kota)", "gedung serbaguna", "ruang (?:rapat|pertemuan)",
        "(?:kepala|ketua|sekretaris|kabid|kasi|kabag|plt|kasubbag|komisioner|wakil bupati|wakil wali ?kota|camat|kapolsek|kapolres|danramil|dandim) (?:dinas|bidang|bagian|seksi|badan|divisi|kpu|bawaslu|kecamatan|polres|upt|puskesmas)",
        "forkopimda", "forkopimcam", "penandatanganan (?:mou|nota|kerja ?sama|perjanjian|pakta|kesepakatan)", "nota kesepahaman",
        "kunjungan (?:kerja|kunker|lapangan)", "monev", "rakor(?:nas|da)?", "raker(?:nas|da)?", "ribbon cutting", "town hall",
        "press conference", "keynote", "panel discussion",
        "was (?:honored|proud|great|pleased|an honor) to (?:join|meet|attend|host|speak|visit|welcome|tour)",
        "(?:honored|proud|great|pleased|good|honor) to (?:join|meet|attend|host|speak|visit|welcome|tour)",
        "(?:attended|toured|met with) (?:the|our|local|leaders|members|students|farmers|veterans|constituents|residents)",
    )  # fmt: skip
    hits: ClassVar = (
        "Kegiatan dibuka oleh Bupati dan dihadiri Forkopimda",
        "Rapat bertempat di aula Setda",
        "Kepala Dinas memimpin apel",
        "Honored to join local leaders",
    )
    misses: ClassVar = (
        "pintu toko dibuka pukul 08.00",
        "balai lelang",
        "hadir kembali promo",
        "the joint venture",
    )
    speaks_for: ClassVar = "owner"
    meaning: ClassVar = Wording(id="memberitakan kegiatan resmi", en="reports an official event")
