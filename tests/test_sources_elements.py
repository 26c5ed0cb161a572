"""Lists cut into elements a chunk at a time give what parsing them whole gives."""

from __future__ import annotations

import io
import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.errors import ExportFormatError
from detector.sources import _elements
from detector.sources._elements import Damaged, elements

TREES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(0, 99)
    | st.sampled_from(['},{"id"', '[]\\"', "é😀", ""]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abi}"), inner, max_size=3)
    ),
    max_leaves=12,
)


def read(raw: bytes) -> list[Any]:
    return [one for _, one in elements(io.BufferedReader(io.BytesIO(raw)), "x.json")]


@settings(max_examples=200)
@given(
    st.lists(TREES | st.fixed_dictionaries({"id": TREES}), max_size=8),
    st.sampled_from([None, 2]),
    st.sampled_from([3, 50, 1 << 16]),
    st.sampled_from(["", "window.YTD.tweets.part0 = "]),
)
def test_cut_at_any_place_the_elements_are_those_of_the_whole(
    tree: list[Any], indent: int | None, chunk: int, before: str
) -> None:
    raw = f"{before}{json.dumps(tree, indent=indent, ensure_ascii=False)}\n;".encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_elements, "_CHUNK", chunk)
        patch.setattr(_elements, "_PREFIX", 64)
        assert read(raw) == tree


@pytest.mark.parametrize("broken", ['{"id": "4, "text": "b"}', '{"id": 4', "{{", '{"id": 4x}'])
def test_one_damaged_element_loses_only_itself(broken: str) -> None:
    others = [{"id": number, "text": "a"} for number in range(9)]
    pieces = [json.dumps(one) for one in others]
    pieces[4] = broken
    found = read(f"[{', '.join(pieces)}]".encode())
    assert [one for one in found if not isinstance(one, Damaged)] == others[:4] + others[5:]
    assert sum(isinstance(one, Damaged) for one in found) == 1


def test_a_list_cut_off_gives_what_is_whole() -> None:
    *whole, cut = read(json.dumps([{"id": 1}, {"id": 2}, {"id": 3}]).encode()[:-4])
    assert whole == [{"id": 1}, {"id": 2}]
    assert isinstance(cut, Damaged)


def test_utf_16_and_marks_are_understood() -> None:
    raw = json.dumps([{"text": "é"}], ensure_ascii=False)
    assert read(raw.encode("utf-16")) == read(raw.encode("utf-8-sig")) == [{"text": "é"}]


def test_without_a_list_it_is_an_error() -> None:
    with pytest.raises(ExportFormatError, match="holds no list"):
        read(b'{"a": 1}')


@pytest.mark.parametrize("chunk", [5, 40, 1 << 16])
@pytest.mark.parametrize("before", ["", "window.YTD.tweets.part0 = "])
def test_files_that_were_joined_lose_nothing(before: str, chunk: int) -> None:
    lists: list[list[Any]] = [[{"id": 1}, {"id": 2}], [], [{"id": 3, "text": "]["}], [4]]
    raw = "\n;".join(before + json.dumps(one) for one in lists).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_elements, "_CHUNK", chunk)
        assert read(raw) == [one for inner in lists for one in inner]


def test_a_list_inside_an_object_is_the_only_one_read() -> None:
    assert read(b'{"items": [1, 2], "other": [3]}') == [1, 2]
    assert read(b"[1, 2] and so on [3]") == [1, 2]


def test_an_element_in_windows_own_encoding_keeps_its_letters() -> None:
    raw = '[{"a": "café “sah”"}, {"a": "biasa"}]'.encode("cp1252")
    assert read(raw) == [{"a": "café “sah”"}, {"a": "biasa"}]


@pytest.mark.parametrize(
    "filling", [b" ", b";", b" ;", b"a", b"\xef\xbb\xbf", b"=[", b"\n[", b"[1]"]
)
def test_whatever_follows_a_list_takes_no_time(filling: bytes) -> None:
    began = time.process_time()
    read(b" " * 60_000 + b"[1]" + filling * 300_000)
    assert time.process_time() - began < 3
