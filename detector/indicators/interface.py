"""What an indicator is; `detector.indicators._finder` has all of them together read a batch of texts.

Rules find, models weigh: an indicator yields findings and holds no number. Matching is RE2, whose time is
linear in the text whatever the text says.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Final

import re2

from detector.indicators._phrases import in_order
from detector.matching import spans_of
from detector.records import Finding, Wording
from detector.text import Folded

GAP: Final = r"[\s.,_-]{1,3}"
"""What may stand between two words of a phrase."""


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
    """How many dressed-up characters (`detector.characters.STYLED`) announce it, for what folding does away with."""

    reads_original: ClassVar[bool] = False
    """What it looks for folding does away with, such as capitals: `read` is asked instead of `spans`."""

    raw_triggers: ClassVar[tuple[str, ...]] = ()
    """RE2 expressions over the bytes of the text as given, in UTF-8, for what folding does away with or leaves no
    trace of: where one of them matches, `read` is asked with the whole text. Rare, and without zero bytes."""

    always: ClassVar[bool] = False
    """It is asked of every text. The others are not asked of one that sounds so much like an office's that
    nothing they find would tell against it."""

    unannounced: ClassVar[bool] = False
    """Only with `always`: looking for its triggers takes as long as asking it, so that of a batch it is asked at once.
    It finds nothing in a text that no trigger announces."""

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
        for start, end in spans_of(self._pattern, text.codes):
            yield start, end, text.text[start:end]
