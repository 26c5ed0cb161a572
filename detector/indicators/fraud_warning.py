"""Wording that warns of fraud or clears up a falsehood: it speaks for the owner."""

from __future__ import annotations

from typing import ClassVar

from detector.indicators.interface import WordIndicator
from detector.records import Wording


class FraudWarning(WordIndicator):
    """Warning and clarification wording."""

    phrases: ClassVar = (
        "(?:waspada|waspadai|awas|hati hati|berhati hati)(?: terhadap| dengan| akan| ya| modus)?", "penipu(?:an|nya)?", "modus", "hoa(?:x|ks)", "disinformasi", "mengatas ?namakan", "mencatut", "dicatut",
        "jangan (?:mudah |pernah |langsung |asal )?(?:percaya|tergiur|terkecoh|klik|transfer|tertipu|membagikan|mengklik|sebarkan|menginstal|instal|terpengaruh|diklik|merespons?|menanggapi)",
        "tidak (?:pernah|sedang|ada) (?:me)?(?:minta|mungut|jual|ngadakan|nyelenggarakan|membuka)", "(?:bukan|di luar) tanggung jawab", "bukan (?:dari|akun|nomor) (?:kami|resmi)", "abaikan",
        "(?:di ?retas(?:nya)?|di ?bajak|di ?hack|kena hack|diambil alih|dipalsukan)", "(?:akun|nomor|situs|surat) palsu", "(?:a|h)ti (?:a|h)ti", "eits", "(?:telah|sempat|sedang|berhasil) (?:diretas|dibajak|dihack|pulih|dipulihkan)",
        "(?:pinjol|pinjaman online|investasi|judi|penambangan) (?:itu )?ilegal", "fakta(?:nya)?", "dipakai (?:oleh )?(?:akun|nomor|oknum|pihak|penipu)", "(?:itu )?bukan milik kami", "itu bukan (?:dari |akun |nomor )?kami", "jangan (?:dilayani|dibalas|diladeni)", "blokir (?:nomor|saja)", "tidak ada (?:program )?hibah",
        "klarifikasi", "laporkan", "segera lapor(?:kan)?", "tidak benar", "informasi (?:palsu|bohong|keliru)", "cek fakta", "saring sebelum sharing", "tetap waspada", "stop judi", "judi (?:online )?(?:itu|bikin|merusak|bukan|pasti)", "bahaya (?:judi|pinjol|penipuan)",
        "permohonan maaf", "mohon maaf", "scam(?:mer)?s?(?: alert)?", "beware", "be aware", "fraud(?:ulent)?", "phishing", "do not (?:click|share|send|respond|fall|engage)", "don'?t (?:click|share|send|fall|be fooled)", "never (?:ask|request|call|share|send)", "(?:disregard|ignore) (?:that|the|those|this|these|any|all) (?:earlier |previous |last |recent |other )?(?:message|post|tweet|stor(?:y|ie)|content)s?", "(?:someone|somebody) else (?:wrote|posted|tweeted)", "unauthori[sz]ed (?:post|tweet|message|content)s?", "(?:was|were) not (?:posted|written|sent|made|published) by (?:us|our)", "we did not (?:post|write|publish|tweet) (?:that|this|it|the)",
        "was (?:hacked|compromised)",
        "(?:been|was) (?:hacked|compromised)", "impersonat(?:ing|or|ors|ion)", "fake (?:account|profile|page|news|website)s?", "report (?:it|them|suspicious)", "imbauan", "himbauan", "(?:me)?ngaku(?: ?ngaku)? (?:polisi|petugas|pegawai)", "(?:ada )?korban(?:nya)? (?:terakhir|makin)", "literasi", "edukasi", "tersangka", "diamankan", "ditangkap", "dibekuk", "barang bukti", "pasal [0-9]",
    )  # fmt: skip
    always: ClassVar = True
    hits: ClassVar = (
        "WASPADA PENIPUAN mengatasnamakan KPU",
        "Akun kami sempat diretas, abaikan unggahan iPhone",
        "Jangan mudah percaya tawaran tebus murah",
        "Beware of scams: we never ask for money",
        "Pinjol ilegal itu rante setan",
        "Someone else wrote here; please disregard that message",
    )
    misses: ClassVar = (
        "pengawas TPS",
        "pinjol legal dan aman",
        "tidak hujan",
        "jangan lupa besok",
        "report of the committee",
    )
    speaks_for: ClassVar = "owner"
    meaning: ClassVar = Wording(
        id="berisi peringatan atau klarifikasi", en="warns or clears something up"
    )
