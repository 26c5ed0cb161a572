"""Praise or offers of somebody who gets accounts and money back."""

from __future__ import annotations

from typing import ClassVar

from detector.indicators.interface import WordIndicator
from detector.records import Wording


class RecoveryService(WordIndicator):
    """Praise of whoever got an account back, hackers for hire, recovery of lost funds."""

    phrases: ClassVar = (
        "(?:recover(?:ed|y|ing)?|restored?|retriev(?:e|ed|ing)|unlock(?:ed|ing)?|unbann?(?:ed)?) (?:of )?(?:my|your|ur|her|his|their|any|the|lost|hacked|stolen|disabled|suspended) (?:own |lost |hacked |stolen |disabled |suspended |banned |instagram |facebook |ig |fb |snap |crypto )?(?:accounts?|acc|acct|funds?|coins|crypto|bitcoin|btc|wallet|savings|password|ig|fb|snap(?:chat)?|instagram|facebook)",
        "(?:account|acc|funds?|crypto|assets?|wallet|password|instagram|facebook|bitcoin|usdt) ?recovery",
        "(?:dm|inbox|message|pm|chat|contact) (?:me |us |now |them |today )?for (?:verified |professional |quick |any |your |free )?(?:recovery|refunds?)",
        "verified (?:recovery|crypto ?recovery)", "recover (?:your|my|their) (?:loss(?:es)?|assets|crypto|usdt|investments?)",
        "(?:funds|assets) (?:are |is |got )?(?:stuck|trapped)", "(?:blocked|delayed|facing) withdrawals?",
        "withdrawal (?:issues?|problems?)", "pay (?:only )?after recovery",
        "(?:tarik|narik|balikin|kembalikan) (?:balik )?(?:uang|dana) (?:saya|anda|korban|kamu|penipuan)", "pulih(?:kan)? akaun",
        "recovery (?:expert|agent|specialist|agency|hacker|guru|pro|firm|company|coach)",
        "(?:got|getting|brought) (?:my|your|ur|her|his) (?:lost |hacked |old |stolen |instagram |facebook |whole )?(?:accounts?|acc|acct|page|funds?|money|crypto|bitcoin|btc|eth|coins|savings|profile|ig|fb|snap|instagram|facebook) back",
        "got (?:it|mine|everything) back", "(?:helped|assisted) me (?:to )?(?:recover|get|retrieve|restore|regain|with my)",
        "(?:helping me|recovering|bringing(?: back)?|getting|restoring) my (?:account|acc|acct|page|funds|money|crypto|ig|fb|instagram|facebook|disabled|hacked|lost|stolen)",
        "(?:contact|message|dm|text|reach out to|reach|inbox|write|hit up|try|hmu) (?:this |the |a )?(?:him|her|hacker|cyber|guy|dude|genius)",
        "(?:ethical|genuine|legit|trusted|reliable|certified) (?:hackers?|recovery)",
        "hackers? (?:for hire|who helped|that helped|on (?:ig|instagram|telegram))", "only hacker", "lost (?:funds|crypto|coins|bitcoin)",
        "lost your (?:account|funds|crypto|coins|money)", "same (?:issue|problem|thing) happened (?:to|with)",
        "(?:cyber|tech|hack|recover|trace)[a-z]{0,8}_[a-z0-9_]{1,16}",
        "(?:cyber|hack|recover)(?:tech|genius|guru|fix|pro|expert)[0-9a-z]{0,8}",
        "(?:jasa|spesialis|ahli) (?:pemulihan|pulihkan|balikin|mengembalikan|kembalikan|recovery|recover|memulihkan) (?:akun|dana|uang|saldo|ig|fb|wa)",
        "(?:akun|uang|dana|saldo) (?:saya |gue |gw |ku |aku )?(?:bisa |akhirnya |alhamdulillah |udah |sudah |langsung )?(?:balik|kembali) (?:lagi|semua|berkat|100|dalam (?:[0-9]|waktu|sehari))",
        "korban (?:investasi|trading|penipuan|robot trading) (?:bisa|dapat|akan) (?:dapat |bisa )?(?:kembali|klaim|refund|menerima)",
        "nabalik (?:po|ang|yung|nya|namin|din|naman)",
    )  # fmt: skip
    hits: ClassVar = (
        "He helped me recover my hacked account, contact him now",
        "Got my account back for 20 bucks",
        "Lost your funds? Recovery expert available",
        "Jasa pemulihan akun, uang kembali 100%",
    )
    misses: ClassVar = (
        "disaster recovery plan",
        "economic recovery continues",
        "pemulihan pascabencana",
        "the account of the meeting",
        "pemulihan ekonomi nasional",
    )
    meaning: ClassVar = Wording(
        id="memuji atau menawarkan jasa pengembalian akun atau uang",
        en="praises or offers a service that gets accounts or money back",
    )
