"""Forged or bought documents."""

from __future__ import annotations

from typing import ClassVar

from detector.indicators.interface import WordIndicator
from detector.records import Wording


class ForgedDocument(WordIndicator):
    """Diplomas, licences, certificates and identity papers without study, test or queue."""

    phrases: ClassVar = (
        "(?:jual|pembuatan|bikin|cetak) (?:ijazah|ijasah|transkrip|sertifikat (?:toefl|ielts|bnsp|k3|palsu|vaksin)|surat (?:sakit|dokter|keterangan (?:dokter|sakit|sehat)|nikah|bebas narkoba))",
        "(?:ijazah|ijasah|skck|stnk|sertifikat|sim|paspor|toefl|ielts) (?:asli |aspal |instan |cepat |resmi )?(?:tembak|palsu|aspal|terdaftar|tanpa (?:tes|test|ujian|kuliah|hadir|antri|antre|sekolah|ribet|sidang))",
        "(?:sim|paspor|stnk|skck|ijazah|sertifikat|toefl|ielts|bnsp) (?:[a-c][12]? )?(?:tanpa|gak perlu|ga perlu|tidak perlu|tdk) (?:tes|test|ujian|kuliah|hadir|antri|antre|sidang|ribet|skripsi|sekolah|pelatihan)",
        "sim (?:tembak|nembak|kolektif)", "ijazah (?:s1|s2|d3|sma|smp|sd|paket c) (?:[0-9]|rp|asli|terdaftar)",
        "jasa (?:ijazah|ijasah|skck|stnk|sim)", "terdaftar (?:di )?(?:dikti|pddikti|dapodik|forlap)", "blanko asli",
        "tanpa (?:kuliah|skripsi|ujian sim|tes sim)", "joki (?:tugas|skripsi|tesis|ujian|utbk|toefl|ielts|cpns|tes|ukom)",
        "(?:kunci jawaban|bocoran soal|soal dan kunci) (?:cpns|pppk|utbk|ujian|ukom|skd|un)",
        "(?:buy|get|order|real|registered|fake|genuine|authentic) (?:a |an |your )?(?:real |fake |genuine |registered )?(?:diplomas?|degrees?|driving licen[cs]es?|driver'?s? licen[cs]es?|passports?|ielts|toefl|visas?|transcripts?) (?:without|online|for sale|certificates?|[$0-9])",
        "(?:diplomas?|degrees?|licen[cs]es?|ielts|toefl|certificates?) without (?:exams?|tests?|studying|study|attending)",
        "counterfeit (?:notes|bills|money|passports?)", "template (?:ktp|kk|sim|slip gaji|npwp|rekening koran|psd)",
        "(?:ubah|naikkan) (?:nilai|ipk|transkrip)",
    )  # fmt: skip
    hits: ClassVar = (
        "Jasa ijazah S1 terdaftar dikti",
        "SIM tanpa tes, jadi diantar",
        "Get your IELTS certificate without exam",
        "joki skripsi murah",
    )
    misses: ClassVar = (
        "fotokopi ijazah terakhir dilegalisir",
        "pelayanan SIM keliling",
        "sertifikat tanah elektronik",
        "buat KTP elektronik di kecamatan",
        "ijazah asli dibawa saat verifikasi",
    )
    meaning: ClassVar = Wording(
        id="menawarkan dokumen palsu atau tanpa ujian", en="offers documents without study or test"
    )
