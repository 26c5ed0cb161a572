"""What an indicator is, and how all of them together read a batch of texts.

Rules find, models weigh: an indicator yields findings and holds no number. Matching is RE2, whose time is
linear in the text whatever the text says.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar, Final

import msgspec
import re2

from detector.indicators._phrases import in_order
from detector.records import Finding, Wording
from detector.text import Folded, FoldedBatch

GAP: Final = r"[\s.,_-]{1,3}"
"""What may stand between two words of a phrase."""

WINDOW: Final = 4_000
"""Characters an indicator sees at a time; a longer text is read in overlapping windows."""

OVERLAP: Final = 400
"""Characters two neighbouring windows share; no finding is longer than these without `_BEFORE`."""

_REMEMBERED: Final = 65_536
"""Sets of triggers whose indicators are kept ready."""

_BEFORE: Final = 70
"""Characters of the overlap in which a later window reports nothing: they only show it what comes before."""


def _options() -> Any:
    options = re2.Options()
    # Folded text is one byte a character, so bytes are characters.
    options.encoding = re2.Options.Encoding.LATIN1
    options.never_nl = False
    options.log_errors = False
    # The set of all triggers is one large automaton; when its memory runs out it reports no match.
    options.max_mem = 256 << 20
    return options


def compile_pattern(expression: str) -> Any:
    """Compile a pattern over folded text; it is matched against `Folded.codes`.

    Raises:
        re2.error: the expression is not RE2 syntax.
    """
    return re2.compile(expression.encode("ascii"), _options())


def compile_set(expressions: Iterable[str]) -> Any:
    """Compile patterns that one pass over a text tells apart: `Match` gives the numbers of those that match.

    Raises:
        re2.error: an expression is not RE2 syntax.
    """
    together = re2.Set.SearchSet(_options())
    for expression in expressions:
        together.Add(expression.encode("ascii"))
    together.Compile()
    return together


def words(*alternatives: str) -> str:
    """Join alternatives into one group that begins and ends at word borders.

    A space in an alternative stands for any short run of spaces, dots or dashes.
    """
    return r"\b(?:" + "|".join(_with_gaps(one) for one in alternatives) + r")\b"


def _with_gaps(phrase: str) -> str:
    # In a group of its own, so that a question mark after a space makes the whole gap optional.
    return phrase.replace(" ", f"(?:{GAP})")


Span = tuple[int, int, str | None]
"""Where in the folded text something was found, and its value."""


class Indicator(ABC):
    """A rule over one text, without history.

    Subclasses give `triggers`, examples and `spans`; the contract tests do the rest.
    """

    triggers: ClassVar[tuple[str, ...]]
    """RE2 expressions over folded text: short literals, no gaps, no counted repeats over 20. A text that
    none of them matches is never handed to `spans`."""

    hits: ClassVar[tuple[str, ...]]
    """Texts in which something must be found."""

    misses: ClassVar[tuple[str, ...]]
    """Texts near to it in which nothing may be found."""

    sufficing: ClassVar[int] = 0
    """So many of the triggers, the first ones, are findings by themselves: where one matches there is no need
    to ask `spans` whether there is one."""

    styled: ClassVar[range] = range(0)
    """How many dressed-up characters (`detector.text.STYLED`) announce it, for what folding does away with."""

    reads_original: ClassVar[bool] = False
    """What it looks for folding does away with, such as capitals: `read` is asked instead of `spans`."""

    raw_triggers: ClassVar[tuple[str, ...]] = ()
    """RE2 expressions over the bytes of the text as given, in UTF-8, for what folding does away with or leaves no
    trace of: where one of them matches, `read` is asked with the whole text. Rare, and without zero bytes."""

    value_matters: ClassVar[bool] = False
    """An account's habits are kept of this indicator's values."""

    speaks_for: ClassVar[str] = "stranger"
    """Whom a finding speaks for by its nature: ``stranger``, ``owner``, ``either``, or by itself ``nobody``, as a
    price or a hotline. How much, the model says."""

    meaning: ClassVar[Wording]
    """What a finding means, as an admin would say it."""

    name: ClassVar[str]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.name = cls.__module__.rpartition(".")[2]

    @abstractmethod
    def spans(self, text: Folded) -> Iterator[Span]:
        """Yield the span in the folded text, and the value, of everything that is found in it."""

    def dressed(self, original: str) -> list[tuple[int, int]]:  # noqa: ARG002
        """Return where a text as given is dressed up in the way that is looked for; see `styled`."""
        return []

    def read(self, original: str) -> Iterator[Span]:  # noqa: ARG002
        """Yield what is found in a text as given, and where in it; see `reads_original` and `raw_triggers`."""
        yield from ()

    def find(self, text: Folded) -> Iterator[Finding]:
        """Yield what is found in one text, with its place in the text as given."""
        if self.reads_original:
            for first, last, value in self.read(text.original):
                yield Finding(self.name, first, last, text.original[first:last], value)
            return
        for start, end, value in self.spans(text):
            first, last = text.span(start, end)
            yield Finding(self.name, first, last, text.original[first:last], value)


class WordIndicator(Indicator):
    """An indicator that is a list of phrases: every match is a finding, its value the phrase.

    Triggers are made from the phrases, so that only a text in which one of them stands is asked.
    """

    phrases: ClassVar[tuple[str | tuple[str, str], ...]]
    """RE2 expressions; a space stands for a short gap. One that bridges unknown words is a pair: a trigger
    without the bridge, then the whole expression."""

    _pattern: ClassVar[Any]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "phrases" not in vars(cls):
            return
        plain = [phrase for phrase in cls.phrases if isinstance(phrase, str)]
        bridged = [phrase for phrase in cls.phrases if not isinstance(phrase, str)]
        whole = [phrase if isinstance(phrase, str) else phrase[1] for phrase in cls.phrases]
        cls._pattern = compile_pattern(words(*whole))
        cls.sufficing = int(bool(plain))
        cues = [words(*in_order(cue for cue, _ in bridged))] if bridged else []
        cls.triggers = (*([words(*in_order(plain))] if plain else []), *cues, *cls.more_triggers)

    more_triggers: ClassVar[tuple[str, ...]] = ()
    """Further triggers, for what a subclass finds besides its phrases."""

    def spans(self, text: Folded) -> Iterator[Span]:
        """Yield every phrase that occurs."""
        for match in self._pattern.finditer(text.codes):
            start, end = match.span()
            yield start, end, text.text[start:end]


class Noticed(msgspec.Struct, frozen=True, gc=False):
    """What was found in one text, without spans."""

    names: frozenset[str]
    """Indicators that found something."""
    values: tuple[tuple[str, str, int], ...] = ()
    """Indicator, value and place of each finding whose value matters: in the folded text, or in the text as given
    for an indicator that reads that."""


_NONE: Final[frozenset[str]] = frozenset()
NOTHING: Final = Noticed(_NONE)


class Finder:
    """All indicators behind one set of triggers: one pass over a text says which of them to ask.

    Args:
        indicators: instances to ask, each under its own name.
    """

    def __init__(self, indicators: Iterable[Indicator]) -> None:
        self.indicators: dict[str, Indicator] = {one.name: one for one in indicators}
        # Together and shared by several indicators they are fewer: the set answers with fewer numbers, sooner known.
        owners: dict[str, list[tuple[Indicator, bool]]] = {}
        for indicator in self.indicators.values():
            certain = indicator.sufficing
            for some, suffices in (
                (indicator.triggers[:certain], True),
                (indicator.triggers[certain:], False),
            ):
                if some:
                    owners.setdefault("|".join(some), []).append((indicator, suffices))
        self._triggers = compile_set(owners)
        self._owners = list(owners.values())
        self._by_style = [one for one in self.indicators.values() if one.styled]
        self._by_raw = [one for one in self.indicators.values() if one.raw_triggers]
        raw_triggers = [trigger for one in self._by_raw for trigger in one.raw_triggers]
        self._raw_trigger = compile_pattern("|".join(raw_triggers)) if raw_triggers else None
        self._announced: dict[tuple[int, ...], tuple[frozenset[str], tuple[Indicator, ...]]] = {}
        self._with: dict[tuple[frozenset[str], str], frozenset[str]] = {}
        self._bare: dict[frozenset[str], Noticed] = {}

    def find(self, batch: FoldedBatch) -> list[tuple[Finding, ...]]:
        """Return the findings of every text of a batch, in order of their place in the text."""
        match = self._triggers.Match
        found: list[tuple[Finding, ...]] = []
        raw = frozenset(self._raw(batch))
        for index, codes in enumerate(batch.each_codes()):
            triggered = match(codes)
            whole = [*self._styled(batch, index), *(self._by_raw if index in raw else ())]
            if not triggered and not whole:
                found.append(())
                continue
            certain, asked = self._announce(tuple(triggered or ()))
            text = batch[index]
            findings = _ask([*(self.indicators[name] for name in certain), *asked], text)
            # How much of a text is dressed up only the whole of it tells.
            for indicator in whole:
                findings = (*findings, *indicator.find(text))
            found.append(tuple(sorted(findings, key=_place)) if whole else findings)
        return found

    def _raw(self, batch: FoldedBatch) -> list[int]:
        """Return which texts' bytes as given announce one of `raw_triggers`."""
        return batch.matching(self._raw_trigger) if self._raw_trigger else []

    def _styled(self, batch: FoldedBatch, index: int) -> list[Indicator]:
        """Return the indicators that a text's dressed-up letters announce, and which they find by themselves."""
        count = batch.styled.get(index, 0)
        return [
            one
            for one in self._by_style
            if count in one.styled and one.dressed(batch.original(index))
        ]

    def notice(self, batch: FoldedBatch) -> list[Noticed]:
        """Return what `find` would find in every text, without spans: many times as fast.

        An indicator that must be asked is asked once for all the texts of the batch that announce it, laid
        end to end with zeros between them, which no pattern matches.
        """
        match, announced = self._triggers.Match, self._announced
        keys = [tuple(match(codes) or ()) for codes in batch.each_codes()]
        known = [announced.get(key) or self._announce(key) for key in keys]
        names = [certain for certain, _ in known]
        asked: dict[Indicator, list[int]] = {}
        for index, (_, others) in enumerate(known):
            for indicator in others:
                asked.setdefault(indicator, []).append(index)
        for index in batch.styled:
            names[index] |= {one.name for one in self._styled(batch, index)}
        values: dict[int, list[tuple[str, str, int]]] = {}
        raw = self._raw(batch)
        for indicator in self._by_raw:
            _read_all(indicator, batch, raw, names, values)
        for indicator in sorted(asked, key=lambda one: one.name):
            ask = _read_all if indicator.reads_original else self._ask_all
            ask(indicator, batch, asked[indicator], names, values)
        bare = self._bare
        return [
            Noticed(found, tuple(values[index]))
            if index in values
            else bare.get(found) or bare.setdefault(found, Noticed(found))
            for index, found in enumerate(names)
        ]

    def _announce(self, triggered: tuple[int, ...]) -> tuple[frozenset[str], tuple[Indicator, ...]]:
        """Return which indicators have certainly found something, and which must be asked."""
        owners = [owner for trigger in triggered for owner in self._owners[trigger]]
        certain = frozenset(indicator.name for indicator, suffices in owners if suffices)
        others = {one.name: one for one, _ in owners if one.name not in certain}
        asked = tuple(one for _, one in sorted(others.items()))
        if len(self._announced) < _REMEMBERED:
            self._announced[triggered] = certain, asked
        return certain, asked

    def _ask_all(
        self,
        indicator: Indicator,
        batch: FoldedBatch,
        places: list[int],
        names: list[frozenset[str]],
        values: dict[int, list[tuple[str, str, int]]],
    ) -> None:
        """Add what one indicator finds in some texts of a batch to what is known of them."""
        name, value_matters, together = indicator.name, indicator.value_matters, self._with
        joined, starts, long = batch.joined(tuple(places), WINDOW)
        for start, _, value in indicator.spans(joined):
            place = bisect_right(starts, start) - 1
            index = places[place]
            if name not in (before := names[index]):
                after = together.get((before, name))
                if after is None:
                    after = together[before, name] = before | {name}
                names[index] = after
            if value_matters and value:
                values.setdefault(index, []).append((name, value, start - starts[place]))
        for index in long:
            for finding in _ask([indicator], batch.bare(index)):
                names[index] |= {name}
                if value_matters and finding.value:
                    values.setdefault(index, []).append((name, finding.value, finding.start))


def _read_all(
    indicator: Indicator,
    batch: FoldedBatch,
    places: list[int],
    names: list[frozenset[str]],
    values: dict[int, list[tuple[str, str, int]]],
) -> None:
    """Do what `Finder._ask_all` does with an indicator that reads texts as given."""
    for index in places:
        for start, _, value in indicator.read(batch.original(index)):
            names[index] |= {indicator.name}
            if indicator.value_matters and value:
                values.setdefault(index, []).append((indicator.name, value, start))


def _place(finding: Finding) -> tuple[int, int, str]:
    return finding.start, finding.end, finding.indicator


def _ask(indicators: Sequence[Indicator], text: Folded) -> tuple[Finding, ...]:
    findings = {
        (finding.start, finding.end, finding.indicator): finding
        for window, shift, place in _windows(text)
        for indicator in indicators
        for finding in _shifted(indicator.find(window), shift)
        if finding.start in place
    }
    return tuple(findings[key] for key in sorted(findings))


def _windows(text: Folded) -> Iterator[tuple[Folded, int, range]]:
    """Yield parts of a long text, where the original of each begins, and where its findings may begin.

    Every place belongs to one window: a finding that an edge cuts is left to the window that sees it whole.
    """
    length, step = len(text.codes), WINDOW - OVERLAP
    if length <= WINDOW:
        yield text, 0, range(len(text.original))
        return
    first = 0
    for start in range(0, length - OVERLAP, step):
        part, shift = text.part(start, start + WINDOW)
        is_last = start + step >= length - OVERLAP
        last = len(text.original) if is_last else text.span(start + step + _BEFORE, length)[0]
        yield part, shift, range(first, last)
        first = last


def _shifted(findings: Iterable[Finding], shift: int) -> Iterator[Finding]:
    for finding in findings:
        if shift == 0:
            yield finding
        else:
            yield Finding(
                indicator=finding.indicator,
                start=finding.start + shift,
                end=finding.end + shift,
                text=finding.text,
                value=finding.value,
            )
