"""What a spreadsheet does to a table: its dates, its encoding, its long numbers, its titles."""

from __future__ import annotations

import pytest

from detector.sources._spreadsheets import clock, dated, orders, whole
from detector.sources._tables import rows


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["2/11/2024 1:14", "21/11/2024 1:14"], "dmy"),
        (["11/2/2024", "11/21/2024"], "mdy"),
        (["2024/11/2 1:14"], "ymd"),
        (["2.11.2024 01:14"], "dmy"),
        (["2/11/2024"], None),
        (["21/11/2024", "11/21/2024"], None),
        (["21/11/2024", "Halo", "Apa", "Siapa"], None),
        (["2024-11-21", "1732146840"], None),
    ],
)
def test_the_order_of_a_columns_dates_is_told_by_all_of_it(
    cells: list[str], order: str | None
) -> None:
    assert orders({"at": cell} for cell in cells).get("at") == order


def test_a_column_that_tells_no_order_follows_the_others() -> None:
    table = [{"made": "2/3/2024", "seen": "21/11/2024"}, {"made": "", "seen": "1/2/2024"}]
    assert orders(table) == {"made": "dmy", "seen": "dmy"}


def test_what_is_no_date_stays() -> None:
    assert dated("31/2/2024", "dmy") == "31/2/2024"
    assert dated("21/11/2024 13:00 PM", "dmy") == "21/11/2024 13:00 PM"
    assert dated("2024-11-21", "ymd") == "2024-11-21"
    assert clock("13:00 PM") == "13:00 PM"
    assert dated("21/11/69", "dmy") == "1969-11-21"


@pytest.mark.parametrize("text", ["25° C", "Ânimo", "Ãƒ dan \ufffd â€”", "C+ E+ 5", "É"])
def test_a_text_that_was_not_mangled_whole_stays(text: str) -> None:
    assert whole(text) == text


@pytest.mark.parametrize(
    "lines",
    [
        ["time,text\n", "2024-11-21,Halo, semua, warga, kota\n"],
        ["Laporan,,,,\n", "Hanya,dua,,,\n", "tiga,kolom,saja,,\n", "1,2,3,4,5\n"],
        ["Judul\n"] * 7 + ["id,time,text,url\n"],
    ],
)
def test_a_first_line_with_no_names_of_many_columns_below_it_is_the_header(
    lines: list[str],
) -> None:
    found = list(rows(lines))
    assert found
    first = found[0][1]
    assert isinstance(first, str) or set(first) <= {name.strip() for name in lines[0].split(",")}
