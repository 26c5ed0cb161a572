"""Readers told to verify an account, a card or a wallet."""

from __future__ import annotations

from typing import ClassVar

from detector.indicators.interface import WordIndicator
from detector.records import Wording


class AccountPhishing(WordIndicator):
    """Threatened suspension, "verify your account", card numbers, seed phrases."""

    phrases: ClassVar = (
        "(?:anda|kamu|kalian|nasabah) (?:akan |telah |sudah |terancam |segera |sementara |kami |terdeteksi )?(?:segera |di ?)?(?:blokir|diblokir|dinonaktifkan|nonaktif|tersuspend|suspend|disuspend|ditangguhkan|dibatasi|dihapus|dibekukan|ditutup|hangus|kadaluarsa|terblokir|dikunci)",
        "(?:account|page|card|wallet|profile|paypal|netflix|paynow|channel|membership|mailbox|parcel|package|payment|number|access) (?:has been|have been|will be|is|was|is being|is about to be) (?:permanently |temporarily |scheduled for )?(?:suspended|restricted|locked|limited|disabled|on hold|deactivated|held|deleted|terminated|removal|removed|blocked|flagged)",
        "(?:verify|confirm|update|validate|secure|restore|unlock) your (?:account|identity|card|details|wallet|payment|billing|information|bank|address|delivery|page|mailbox|profile)",
        "(?:unusual|suspicious) (?:activity|login|log ?in|sign ?in)", "copyright (?:infringement|violation|strike|complaint)",
        "pelanggaran (?:hak cipta|standar komunitas|kebijakan)", "(?:ajukan|isi|formulir|form) banding",
        "appeal (?:form|here|now|within|before)", "(?:connect|sync|validate|import|link) (?:your )?wallets?",
        "(?:seed|recovery|secret) ?phrase", "private key", "claim (?:your )?airdrop",
        "log ?in (?:untuk|dengan|via|pakai|menggunakan) (?:verifikasi|facebook|fb|akun (?:fb|facebook|google|ig|instagram)|nik|m ?banking)",
        "log ?in (?:with|using|via) (?:your )?(?:facebook|fb|instagram|bank|wallet|email)",
        "(?:masukkan|masukan|isi|kirim|sebutkan|lengkapi|siapkan|input|ketik) (?:kan )?(?:nomor |no |data )?(?:kartu|rekening|pin|user|username|password|sandi|kata sandi|user ?id|cvv|nama ibu)",
        "masa berlaku kartu", "(?:angka|digit) (?:di )?(?:depan|dpn|belakang|blkg)",
        "user ?(?:id|name) (?:dan|&|and) (?:password|pin|sandi)", "ibu kandung",
        "(?:enter|provide|send|submit) (?:your )?(?:card|bank|login|ssn|password|pin|account) (?:number|details|information|credentials)",
        "(?:verifikasi|konfirmasi|pemutakhiran|perbarui|validasi|aktivasi|upgrade) (?:ulang )?(?:akun|rekening|kartu|wallet|dompet|mbanking|whatsapp) (?:anda|kamu|di|melalui|lewat|sekarang|segera)",
        "tarif (?:transaksi|transfer|admin) (?:baru|bank|lama)",
    )  # fmt: skip
    hits: ClassVar = (
        "Akun Anda akan dinonaktifkan, ajukan banding",
        "Verify your account now",
        "Connect your wallet and enter your seed phrase",
        "Masukkan nomor kartu dan PIN",
    )
    misses: ClassVar = (
        "akun resmi kami",
        "verifikasi berkas pendaftar",
        "the bill will be introduced",
        "nomor antrean anda dipanggil",
    )
    meaning: ClassVar = Wording(
        id="menyuruh memverifikasi akun, kartu, atau dompet",
        en="tells readers to verify an account, a card or a wallet",
    )
