"""All indicators together: one pass over a text says which of them to ask, and a batch of texts is asked at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain
from typing import Any, Final

import msgspec

from detector.indicators.interface import Indicator, compile_pattern, compile_set
from detector.records import Finding
from detector.text import Folded, FoldedBatch

WINDOW: Final = 4_000
"""Characters an indicator sees at a time; a longer text is read in overlapping windows."""

OVERLAP: Final = 400
"""Characters two neighbouring windows share; no finding is longer than these without `_BEFORE`."""

_REMEMBERED: Final = 65_536
"""Sets of triggers whose indicators are kept ready."""

_BEFORE: Final = 70
"""Characters of the overlap in which a later window reports nothing: they only show it what comes before."""


class Noticed(msgspec.Struct, frozen=True, gc=False):
    """What was found in one text, without spans."""

    names: frozenset[str]
    """Indicators that found something."""
    values: tuple[tuple[str, str, int], ...] = ()
    """Indicator, value and place of each finding whose value matters: in the folded text, or in the text as given
    for an indicator that reads that."""


_NONE: Final[frozenset[str]] = frozenset()
NOTHING: Final = Noticed(_NONE)


Announced = tuple[frozenset[str], tuple[Indicator, ...]]
"""Which indicators have certainly found something in a text, and which must be asked."""


class _Triggers:
    """Some indicators behind one set of triggers.

    Args:
        indicators: whose triggers.
    """

    def __init__(self, indicators: Iterable[Indicator]) -> None:
        # Together and shared by several indicators they are fewer: the set answers with fewer numbers, sooner known.
        owners: dict[str, list[tuple[Indicator, bool]]] = {}
        for indicator in indicators:
            certain = indicator.sufficing
            for some, suffices in (
                (indicator.triggers[:certain], True),
                (indicator.triggers[certain:], False),
            ):
                if some:
                    owners.setdefault("|".join(some), []).append((indicator, suffices))
        self._expressions = tuple(owners)
        self._owners = list(owners.values())
        self._announced: dict[tuple[int, ...], Announced] = {}

    def each(self, texts: Iterable[bytes]) -> list[Announced]:
        """Return what each of some folded texts announces."""
        match, announced = self._set.Match, self._announced
        keys = [tuple(match(codes) or ()) for codes in texts]
        return [announced.get(key) or self._announce(key) for key in keys]

    @cached_property
    def _set(self) -> Any:
        return compile_set(self._expressions)

    @cached_property
    def _any(self) -> Any:
        return compile_pattern("|".join(self._expressions))

    def rare(self, batch: FoldedBatch, among: Sequence[int]) -> list[tuple[int, Announced]]:
        """Return which of some texts announce anything, and what: where few do, sooner than `each` tells of every text."""
        places = batch.promising(self._any, among) if self._expressions else []
        return list(zip(places, self.each(batch.each_codes(places)), strict=True))

    def _announce(self, triggered: tuple[int, ...]) -> Announced:
        owners = [owner for trigger in triggered for owner in self._owners[trigger]]
        certain = frozenset(indicator.name for indicator, suffices in owners if suffices)
        others = {one.name: one for one, _ in owners if one.name not in certain}
        asked = tuple(one for _, one in sorted(others.items()))
        if len(self._announced) < _REMEMBERED:
            self._announced[triggered] = certain, asked
        return certain, asked


class Finder:
    """All indicators behind their triggers: one pass over a text says which of them to ask.

    Args:
        indicators: instances to ask, each under its own name.
    """

    def __init__(self, indicators: Iterable[Indicator]) -> None:
        self.indicators: dict[str, Indicator] = {one.name: one for one in indicators}
        every = self.indicators.values()
        self.always = frozenset(one.name for one in every if one.always)
        self._unannounced = tuple(one for one in every if one.unannounced)
        self._unannounced_triggers = _Triggers(self._unannounced)
        announced = [one for one in every if not one.unannounced]
        self._triggers = _Triggers(announced)
        self._settled_triggers = _Triggers(one for one in announced if one.always)
        self._by_style = [one for one in every if one.styled]
        self._by_raw = [one for one in every if one.raw_triggers]
        raw_triggers = [trigger for one in self._by_raw for trigger in one.raw_triggers]
        self._raw_trigger = compile_pattern("|".join(raw_triggers)) if raw_triggers else None
        self._with: dict[tuple[frozenset[str], str], frozenset[str]] = {}
        self._bare: dict[frozenset[str], Noticed] = {}

    def find(self, batch: FoldedBatch) -> list[tuple[Finding, ...]]:
        """Return the findings of every text of a batch, in order of their place in the text."""
        found: list[tuple[Finding, ...]] = []
        raw = frozenset(self._raw(batch, range(len(batch))))
        texts = list(batch.each_codes())
        every = (self._triggers, self._unannounced_triggers)
        for index, announced in enumerate(zip(*(some.each(texts) for some in every), strict=True)):
            whole = [*self._styled(batch, index), *(self._by_raw if index in raw else ())]
            others = [
                *(self.indicators[name] for certain, _ in announced for name in certain),
                *(indicator for _, asked in announced for indicator in asked),
            ]
            if not others and not whole:
                found.append(())
                continue
            text = batch[index]
            findings = _ask(others, text)
            # How much of a text is dressed up only the whole of it tells.
            for indicator in whole:
                findings = (*findings, *indicator.find(text))
            found.append(tuple(sorted(findings, key=_place)) if whole else findings)
        return found

    def _raw(self, batch: FoldedBatch, among: Sequence[int]) -> list[int]:
        """Return which texts' bytes as given announce one of `raw_triggers`."""
        return batch.matching(self._raw_trigger, among) if self._raw_trigger else []

    def _styled(self, batch: FoldedBatch, index: int) -> list[Indicator]:
        """Return the indicators that a text's dressed-up letters announce, and which they find by themselves."""
        count = batch.styled.get(index, 0)
        return [
            one
            for one in self._by_style
            if count in one.styled and one.dressed(batch.original(index))
        ]

    def notice(self, batch: FoldedBatch, is_settled: Sequence[bool] = ()) -> list[Noticed]:
        """Return what `find` would find in every text, without spans: many times as fast.

        An indicator that must be asked is asked once for all the texts of the batch that announce it, laid
        end to end with zeros between them, which no pattern matches.

        Args:
            batch: folded texts.
            is_settled: for each text, whether only the indicators that are `always` asked count; none of them
                when empty.
        """
        places = range(len(batch))
        names = [_NONE] * len(batch)
        asked: dict[tuple[Indicator, ...], list[int]] = {self._unannounced: [*places]}
        settled = [place for place in places if is_settled[place]] if is_settled else []
        still_open = [place for place in places if not is_settled[place]] if is_settled else places
        announced = self._triggers.each(batch.each_codes(still_open))
        for index, (certain, others) in chain(
            self._settled_triggers.rare(batch, settled), zip(still_open, announced, strict=True)
        ):
            names[index] = certain
            if others:
                asked.setdefault(others, []).append(index)
        values: dict[int, list[tuple[str, str, int]]] = {}
        self._notice_whole(batch, still_open, names, values)
        for indicator, asked_of in _by_indicator(asked):
            ask = _read_all if indicator.reads_original else self._ask_all
            ask(indicator, batch, asked_of, names, values)
        bare = self._bare
        return [
            Noticed(found, tuple(values[index]))
            if index in values
            else bare.get(found) or bare.setdefault(found, Noticed(found))
            for index, found in enumerate(names)
        ]

    def _notice_whole(
        self,
        batch: FoldedBatch,
        places: Sequence[int],
        names: list[frozenset[str]],
        values: dict[int, list[tuple[str, str, int]]],
    ) -> None:
        """Add what indicators find that read texts as given."""
        if batch.styled:
            for index in places:
                if index in batch.styled:
                    names[index] |= {one.name for one in self._styled(batch, index)}
        raw = self._raw(batch, places)
        for indicator in self._by_raw:
            _read_all(indicator, batch, raw, names, values)

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


def _by_indicator(
    asked: dict[tuple[Indicator, ...], list[int]],
) -> Iterator[tuple[Indicator, list[int]]]:
    """Yield each indicator, by name, and the texts of which it is asked, in order."""
    places: dict[Indicator, list[int]] = {}
    for together, some in asked.items():
        for indicator in together:
            places.setdefault(indicator, []).extend(some)
    for indicator in sorted(places, key=lambda one: one.name):
        yield indicator, sorted(places[indicator])


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
