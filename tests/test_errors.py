"""Errors print one line that says where, what and what to do; exit codes are as their tree tells."""

from __future__ import annotations

import pickle
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector import errors
from detector.errors import DetectorError, FeedError, Location, SourceError


def _all_kinds(kind: type[DetectorError] = DetectorError) -> Iterator[type[DetectorError]]:
    if kind.__module__ == errors.__name__:
        yield kind
    for derived in kind.__subclasses__():
        yield from _all_kinds(derived)


KINDS = list(_all_kinds())
each = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)


def _tree() -> dict[str, tuple[str, int]]:
    """Read name, parent and exit code of every error from the tree in the module's docstring."""
    path, found = ["DetectorError"], {}
    for line in (errors.__doc__ or "").splitlines():
        if match := re.match(r"    ([│ ]*)[├└]─ (\w+)\s+(\d)", line):
            depth = len(match.group(1)) // 3 + 1
            path[depth:] = [match.group(2)]
            found[match.group(2)] = (path[depth - 1], int(match.group(3)))
    return found


def test_the_tree_in_the_docstring_is_the_tree_of_classes() -> None:
    real = {
        kind.__name__: (kind.__mro__[1].__name__, kind.exit_code)
        for kind in KINDS
        if kind is not DetectorError
    }

    assert real == _tree()


@pytest.mark.parametrize(
    ("location", "printed"),
    [
        (Location("tweets.js", 40112), "tweets.js#40112"),
        (Location("posts_1.json", 0), "posts_1.json#0"),
        (Location("export.zip"), "export.zip"),
        (Location("media/posts 1.json", 31), "media/posts 1.json#31"),
    ],
)
def test_a_location_prints_as_file_and_record(location: Location, printed: str) -> None:
    assert printed == str(location)


@each
def test_an_error_says_where_what_and_what_to_do(kind: type[DetectorError]) -> None:
    error = kind("no posts in it", where=Location("posts_1.json", 31), hint="export it again")

    assert str(error) == "posts_1.json#31: no posts in it (export it again)"


@each
def test_an_error_without_place_or_hint_is_its_message(kind: type[DetectorError]) -> None:
    assert str(kind("no posts in it")) == "no posts in it"


@given(st.sampled_from(KINDS), st.text(max_size=30), st.text(max_size=10), st.text(max_size=10))
def test_an_error_is_one_line_whatever_it_is_about(
    kind: type[DetectorError], message: str, file: str, hint: str
) -> None:
    printed = str(kind(message, where=Location(file), hint=hint))

    assert len(printed.splitlines()) <= 1


@each
def test_an_error_survives_the_way_back_from_another_process(kind: type[DetectorError]) -> None:
    error = kind("no posts in it", where=Location("posts_1.json", 31), hint="export it again")
    returned = pickle.loads(pickle.dumps(error))  # noqa: S301 - its own bytes

    assert type(error) is type(returned)
    assert str(error) == str(returned)


def test_input_that_cannot_be_read_is_told_from_a_fault_of_the_program() -> None:
    assert {"SourceError", "ExportFormatError", "FeedError"} == {
        kind.__name__
        for kind in KINDS
        if issubclass(kind, SourceError) and FeedError not in kind.__mro__[1:]
    }
    assert not any(issubclass(kind, (OSError, ValueError)) for kind in KINDS)
