"""What people are told of an account: which, since when, why, whom to call, what to do first.

Every message fits the screen of a phone: a title, a body of at most `LONGEST` characters, and a short form of at
most `SHORTEST` for channels that charge by the letter. Free text from outside is cut, put on one line, and its
telephone numbers are masked before it is told on.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import msgspec

from detector.notify import phrases
from detector.records import Account, State, Verdict, Wording
from detector.report import words
from detector.report.printable import one_line

LONGEST: Final = 870
"""Characters of a body, at most; with the mark of what may be a repetition it stays under 900."""

SHORTEST: Final = 272
"""Characters of a short form, at most; with that mark it stays under 300."""

TITLE: Final = 100
"""Characters of a title, at most."""

_WHY: Final = 130
"""Characters of a reason, at most."""

_ROOMS: Final = (
    (_WHY, True), (115, True), (105, True), (95, True), (80, True), (_WHY, False), (80, False), (60, False),
)  # fmt: skip
"""Ever less to say of the reason, and whether the institution and the other accounts are named."""

_URL: Final = 120
"""Characters of a post's address, at most; a longer one is named by its id."""

_REF: Final = 13
_LATE: Final = timedelta(days=1)
"""From this age on, what raised an alarm is told to be old news."""

_NUMBER: Final = re.compile(r"\d(?:[\s.()+-]{0,2}\d){6,}")
_MONTH: Final = re.compile(r"\b([A-Z][a-z]{2})[a-z]+\b")
_QUOTED: Final = re.compile(r"\s*(?:\([^()]*\)|:?\s*“.*)\s*$")
_FOLDED: Final = str.maketrans({"“": '"', "”": '"', "…": "...", "–": "-", "’": "'"})


class Message(msgspec.Struct, frozen=True):
    """One message in one language."""

    title: str
    body: str
    short: str

    def __post_init__(self) -> None:
        assert len(self.title) <= TITLE
        assert len(self.body) <= LONGEST
        assert len(self.short) <= SHORTEST


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an account that people are to be told of."""

    account: Account
    state: State
    since: datetime
    """When it began: the first post or change held to be a stranger's."""
    at: datetime
    """Of what changed the state."""
    probability: float
    now: datetime
    why: tuple[Wording, ...] = ()
    post_id: str | None = None
    post_url: str | None = None
    sisters: tuple[str, ...] = ()
    """Other accounts, as `named`, that fell to the same hand."""
    is_confirmed: bool = False
    ref: str = ""

    def when(self, moment: datetime, language: str) -> str:
        """Write a moment in the account's own zone."""
        return words.when(moment, self.account.timezone, language)


def ref(alert_id: str) -> str:
    """Return the eight letters by which people and programs know an alert again."""
    return hashlib.sha256(alert_id.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def named(platform: str, handle: str) -> str:
    """Write an account as people know it.

    Examples:
        >>> named("instagram", "kpukabblora"), named("facebook", "KPU Blora")
        ('@kpukabblora (Instagram)', 'KPU Blora (Facebook)')
    """
    shown = _cut(handle, 50)
    mark = "" if " " in shown or shown.startswith("@") else "@"
    return f"{mark}{shown} ({platform_of(platform)})"


def platform_of(name: str) -> str:
    """Return a platform's name as people write it."""
    return phrases.PLATFORMS.get(name) or _cut(name, 20)


def masked(text: str) -> str:
    """Put dots in place of the middle of telephone numbers, and make addresses unusable.

    Examples:
        >>> masked("kirim ke 0858-0000-7316 atau menang.example")
        'kirim ke 085…16 atau menang[.]example'
    """

    def hidden(found: re.Match[str]) -> str:
        digits = re.sub(r"\D", "", found.group())
        return f"{digits[:3]}…{digits[-2:]}"

    return re.sub(r"(?<=\w)\.(?=[a-zA-Z]{2,}\b)", "[.]", _NUMBER.sub(hidden, text))


def why_of(verdict: Verdict) -> tuple[Wording, ...]:
    """Return why a post is held to be a stranger's: its kind, then the weightiest reasons, none quoting the post."""
    told = _kind_of(verdict)
    for reason in sorted(verdict.reasons, key=lambda one: -one.log_odds):
        if reason.log_odds > 0:
            said = Wording(id=_unquoted(reason.why.id), en=_unquoted(reason.why.en))
            if said not in told:
                told.append(said)
    return tuple(told[:3])


def _kind_of(verdict: Verdict) -> list[Wording]:
    """Return what kind of stranger's post it is, and how likely where that is known."""
    category = verdict.category
    if category is None or category == "UNKNOWN" or category not in words.CATEGORIES:
        return []
    chance = dict(verdict.categories).get(category)
    if chance is None:
        return [words.CATEGORIES[category]]
    id_, en = (words.likely(category, chance, language) for language in ("id", "en"))
    return [Wording(id=id_, en=en)]


def alarm(case: Case, language: str) -> Message:
    """Tell that an account looks taken over."""
    label = phrases.CONFIRMED if case.is_confirmed else words.STATES["COMPROMISED"]
    steps = [filled(one, case.account, language) for one in phrases.STEPS]
    numbered = (f"{rank}. {step}" for rank, step in enumerate(steps, 1))
    return _told(label, case, language, after=(phrases.DO.said(language), *numbered))


def watched(case: Case, language: str) -> Message:
    """Tell that an account needs a look."""
    look = filled(phrases.LOOK, case.account, language)
    return _told(
        words.STATES["WATCHED"], case, language,
        after=(look,), answers=(phrases.SHOWN,), short=phrases.LOOK_SHORT,
    )  # fmt: skip


def recovering(case: Case, language: str) -> Message:
    """Tell that no sign of the takeover is left."""
    title = _title(words.STATES["RECOVERING"], case, language)
    at, since = case.when(case.at, language), case.when(case.since, language)
    first = phrases.RECOVERED.said(language).format(at=at, since=since)
    lines = [*_office(case), first, phrases.AFTER_RECOVERY.said(language)]
    tail = _answers(case, language, (phrases.OUTCOME,))
    return fitted(title, lines, tail, ref=case.ref, short=f"{title}. {first}", language=language)


def passed(case: Case, language: str) -> Message:
    """Tell of an incident that had ended before it could be read."""
    title = _title(phrases.PAST, case, language)
    first = phrases.PASSED.said(language).format(
        since=case.when(case.since, language),
        at=case.when(case.at, language),
        read=case.when(case.now, language),
    )
    why = [_why(case, language, _WHY), *_post(case, language)]
    lines = [*_office(case), first, *why, filled(phrases.PASSED_DO, case.account, language)]
    tail = _answers(case, language, (phrases.OUTCOME,))
    return fitted(title, lines, tail, ref=case.ref, short=f"{title}. {first}", language=language)


def escalation(case: Case, told: datetime, language: str) -> Message:
    """Tell the next in line that nobody has acknowledged an alarm.

    Args:
        case: the alarm.
        told: when the first were told.
        language: id or en.
    """
    first = phrases.ESCALATED.said(language).format(told=case.when(told, language))
    last = filled(phrases.ESCALATED_DO, case.account, language)
    return _told(phrases.UNANSWERED, case, language, before=(first,), after=(last,))


def reminder(case: Case, told: datetime, step: int, steps: int, language: str) -> Message:
    """Tell those who were told already that nobody has acknowledged an alarm, for the `step`-th time of `steps`."""
    state, mark = words.STATES["COMPROMISED"], phrases.REMINDER
    label = Wording(
        id=f"{mark.id} {step}/{steps}: {state.id}", en=f"{mark.en} {step}/{steps}: {state.en}"
    )
    first = phrases.REMINDED.said(language).format(told=case.when(told, language))
    last = filled(phrases.ESCALATED_DO, case.account, language)
    return _told(label, case, language, before=(first,), after=(last,))


def _told(
    label: Wording,
    case: Case,
    language: str,
    *,
    before: tuple[str, ...] = (),
    after: tuple[str, ...] = (),
    answers: tuple[Wording, ...] = (phrases.HANDLED, phrases.OURS_AFTER_ALL),
    short: Wording = phrases.STEPS_SHORT,
) -> Message:
    """Put a message about one account together; what is least needed gives way when it is too long."""
    title = _title(label, case, language)
    tail = _answers(case, language, answers)
    room = LONGEST - _REF - _length((*before, *after, *tail))
    facts: list[str] = []
    for why, is_whole in _ROOMS:
        facts = _facts(case, language, why, is_whole)
        if _length(facts) <= room:
            break
    lines = [*before, *facts, *after]
    said = _in_short(title, case, language, short)
    return fitted(title, lines, tail, ref=case.ref, short=said, language=language)


def _title(label: Wording, case: Case, language: str) -> str:
    return f"{label.said(language)}: {named(case.account.platform, case.account.handle)}"


def _office(case: Case) -> list[str]:
    return [_cut(case.account.institution, 70)] if case.account.institution else []


def _facts(case: Case, language: str, why: int, is_whole: bool) -> list[str]:
    """Say which account, since when, why, which post and whom to call, in this order."""
    chance = words.percent(case.probability, language)
    since = case.when(case.since, language)
    lines = [
        *(_office(case) if is_whole else ()),
        f"{phrases.SINCE.said(language)}: {since} ({phrases.CERTAINTY.said(language)} {chance})",
        _why(case, language, why),
    ]
    if case.now - case.at >= _LATE:
        lines.append(f"{phrases.READ_LATE.said(language)}: {case.when(case.now, language)}")
    if is_whole and case.sisters:
        lines.append(f"{phrases.ALSO.said(language)}: {listed(case.sisters, 90)}")
    return [*lines, *_post(case, language), _call(case, language)]


def _why(case: Case, language: str, room: int) -> str:
    told = ""
    for one in case.why:
        said = masked(one_line(one.said(language)))
        if told and len(told) + len(said) + 2 > room:
            break
        told = f"{told}; {said}" if told else said
    return f"{phrases.WHY.said(language)}: {_cut(told or phrases.UNLIKE.said(language), room)}"


def _post(case: Case, language: str) -> list[str]:
    if case.post_url is not None and _can_be_opened(case.post_url):
        return [f"{phrases.POST.said(language)}: {case.post_url}"]
    return [f"{phrases.POST_ID.said(language)}: {_cut(case.post_id, 40)}"] if case.post_id else []


def _can_be_opened(url: str) -> bool:
    """Whether an address can stand in a message as it is."""
    is_one_word = url.split() == [one_line(url)]
    return url.startswith(("https://", "http://")) and len(url) <= _URL and is_one_word


def _call(case: Case, language: str) -> str:
    above = case.account.reports_to
    nobody = (phrases.DUTY_ALONE if above else phrases.DUTY).said(language)
    duty = _cut(case.account.duty_contact or "", 60) or nobody
    superior = f"; {phrases.SUPERIOR.said(language)}: {_cut(above[0], 50)}" if above else ""
    return f"{phrases.CALL.said(language)}: {duty}{superior}"


def filled(sentence: Wording, account: Account, language: str) -> str:
    """Put into a sentence what an account's people need: the way to recover it, and who stands above."""
    above = account.reports_to
    return sentence.said(language).format(
        recovery=words.RECOVERY.get(account.platform) or words.HELP_CENTRE.said(language),
        superior=_cut(above[0], 50) if above else phrases.SUPERIOR.said(language),
        platform=platform_of(account.platform),
    )


def _answers(case: Case, language: str, sentences: tuple[Wording, ...]) -> list[str]:
    """Say how to answer, such as that somebody is at it, or that the post was the office's own."""
    account = _cut(case.account.handle, 40)
    account = f'"{account}"' if " " in account else account
    return [one.said(language).format(account=account) for one in sentences]


def _in_short(title: str, case: Case, language: str, what: Wording) -> str:
    since = _MONTH.sub(r"\1", case.when(case.since, language).partition(", ")[2])
    kind = _cut(case.why[0].said(language), 40) if case.why else phrases.UNLIKE.said(language)
    told = f"{title}, {phrases.SINCE.said(language).lower()} {since}: {masked(kind)}."
    return f"{told} {filled(what, case.account, language)}"


def listed(names: tuple[str, ...], room: int) -> str:
    """Name as many as fit into `room` characters, and count the others.

    Examples:
        >>> listed(("@a (X)", "@b (X)", "@c (X)"), 15)
        '@a (X) +2'
    """
    shown = ""
    for place, name in enumerate(map(one_line, names)):
        longer = f"{shown}, {name}" if shown else name
        left = len(names) - place - 1
        if len(longer) + (len(f" +{left}") if left else 0) > room and shown:
            return f"{shown} +{len(names) - place}"
        shown = longer
    return shown


def fitted(
    title: str, lines: list[str], tail: list[str], *, ref: str, short: str, language: str
) -> Message:
    """Put a message together; what is too long gives way from its last lines on, never the tail."""
    mark = f"{phrases.REF.said(language)} {ref}" if ref else ""
    after = "\n".join((*tail, mark) if mark else tail)
    folded = short.translate(_FOLDED)
    return Message(
        title=_cut(title, TITLE),
        body=f"{cut_lines(lines, LONGEST - len(after))}\n{after}".strip(),
        short=f"{_cut(folded, SHORTEST - len(mark) - 1, '...')} {mark}".strip(),
    )


def _length(lines: Iterable[str]) -> int:
    return sum(len(line) + 1 for line in lines)


def cut_lines(lines: list[str], room: int) -> str:
    """Join lines into at most `room` characters; the last that do not fit are left out."""
    kept: list[str] = []
    left = room
    for line in lines:
        if len(line) + 1 > left:
            break
        kept.append(line)
        left -= len(line) + 1
    return "\n".join(kept)


def _unquoted(why: str) -> str:
    """Leave out what a reason quotes from the post, for a message is read where a post must not be.

    Examples:
        >>> _unquoted("gaya bahasanya seperti unggahan penipu: “tebus”, “iphone”"), _unquoted("menyebut (a) (b)")
        ('gaya bahasanya seperti unggahan penipu', 'menyebut')
    """
    while (shorter := _QUOTED.sub("", why)) != why and shorter:
        why = shorter
    return why


def _cut(text: str, room: int, mark: str = "…") -> str:
    line = one_line(text)
    return line if len(line) <= room else line[: room - len(mark)].rstrip() + mark
