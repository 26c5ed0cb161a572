"""Small paid tasks on a telephone, and easy jobs at home."""

from __future__ import annotations

from typing import ClassVar

from detector.indicators.interface import WordIndicator
from detector.records import Wording


class JobTasks(WordIndicator):
    """Like-and-subscribe tasks, commissions by the day, side jobs, accounts rented out."""

    phrases: ClassVar = (
        "(?:kerja|kerjaan|pekerjaan|job) sampingan", "kerja (?:online|paruh waktu|dari rumah|dr rumah|freelance|rebahan|santai)",
        "(?:penghasilan|income|uang) (?:tambahan|sampingan)", "side (?:income|hustle)", "passive income",
        "(?:komisi|gaji|upah|bayaran|honor) (?:harian|per ?hari|setiap hari|per ?tugas|mingguan|dibayar(?:kan)? (?:harian|setiap|tiap))",
        "tugas (?:like|premium|gabungan|vip|prabayar|mudah|ringan)",
        "(?:selesaikan|kerjakan|ambil|rebut) (?:tugas like|tugas berikutnya|orderan|pesanan)",
        "(?:cuma|tinggal) (?:nge)?(?:like|subscribe|menekan tombol|tekan tombol)", "(?:like|suka) (?:dan|&) (?:subscribe|berlangganan)",
        "(?:per|tiap) (?:like|follow|klik|captcha)", "like (?:dapat|dibayar|dihargai)", "nonton (?:video|iklan) (?:dibayar|dapat|dpt)",
        "dibayar (?:per|tiap|setiap) ?(?:tugas|like|hari|[0-9])", "part ?time (?:jobs?|online|work|packing)",
        "freelance (?:online|admin|ngetik)", "(?:admin|kerja|tugas) (?:ketik|ngetik)", "ngetik (?:captcha|ulang|dokumen)",
        "tanpa (?:pengalaman|skill|interview|ijazah|lamaran)", "work from (?:home|your phone)",
        "(?:earn|make) (?:up to )?(?:rm|usd|rp|[$])? ?[0-9][0-9.,]{0,8} ?(?:daily|a day|per day|/ ?day|an hour|weekly|per week)",
        "(?:simple|easy) (?:online )?(?:tasks?|jobs?)", "paid (?:daily|per task|per like|same day)",
        "(?:sewa|rental|pinjam) (?:akun|wa|whatsapp|rekening|m ?banking)", "modal hp (?:saja|aja|doang)",
    )  # fmt: skip
    hits: ClassVar = (
        "Kerja sampingan cuma like video, komisi harian 300rb",
        "tugas premium: per like 2rb, langsung cair",
        "Part time job, paid daily",
        "sewa WA kamu 24 jam",
    )
    misses: ClassVar = (
        "tugas pokok dan fungsi dinas",
        "komisi pemilihan umum",
        "gaji ke-13 ASN",
        "hari kerja Senin sampai Jumat",
    )
    meaning: ClassVar = Wording(
        id="menawarkan kerja mudah dengan bayaran per tugas", en="offers easy paid tasks or jobs"
    )
