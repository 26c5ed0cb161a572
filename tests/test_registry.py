"""Plug-ins are found by their files: one file, one class, one name."""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from detector import assembly
from detector.errors import PluginError
from detector.indicators.interface import Indicator
from detector.registry import discover, purpose

_HEAD = "from detector.indicators.interface import Indicator, WordIndicator\n\n"
_RULE = '''
class {name}({base}):
    """Says {name}."""

    phrases = ("said",)
'''

Package = Callable[[dict[str, str]], ModuleType]

_numbered = itertools.count()


def _rule(name: str, base: str = "WordIndicator") -> str:
    return _RULE.format(name=name, base=base)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Package:
    """Write files into a package of their own and import it."""

    def made(files: dict[str, str]) -> ModuleType:
        name = f"invented_plugins_{next(_numbered)}"
        (tmp_path / name).mkdir()
        for file, content in {"__init__.py": "", **files}.items():
            (tmp_path / name / file).write_text(_HEAD + content)
        monkeypatch.syspath_prepend(tmp_path)
        return importlib.import_module(name)

    return made


def test_plugins_are_given_by_name_in_alphabetical_order(package: Package) -> None:
    made = package({"zebra_rule.py": _rule("ZebraRule"), "a_rule.py": _rule("ARule")})
    found = discover(made, Indicator)

    assert list(found) == ["a_rule", "zebra_rule"]
    assert [kind.__name__ for kind in found.values()] == ["ARule", "ZebraRule"]
    assert [kind.name for kind in found.values()] == ["a_rule", "zebra_rule"]


def test_helpers_and_imported_classes_are_no_plugins(package: Package) -> None:
    made = package(
        {
            "interface.py": _rule("Base"),
            "_helpers.py": _rule("Helper"),
            "a_rule.py": _rule("_Shared") + _rule("ARule", "_Shared") + "from ._helpers import Helper\n",
            "b_rule.py": "from .a_rule import ARule\n" + _rule("BRule", "ARule"),
        }
    )  # fmt: skip

    assert list(discover(made, Indicator)) == ["a_rule", "b_rule"]


def test_an_empty_package_has_no_plugins(package: Package) -> None:
    assert discover(package({}), Indicator) == {}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "a_rule.py must hold exactly one Indicator, found none"),
        (
            _rule("ARule") + _rule("AnotherRule"),
            "a_rule.py must hold exactly one Indicator, found ARule, AnotherRule",
        ),
        (_rule("Rule"), "a_rule.py must name its class ARule"),
        (_rule("ARule", "Indicator"), "a_rule.py leaves out spans"),
    ],
)
def test_a_file_that_breaks_the_rule_is_refused(
    package: Package, content: str, message: str
) -> None:
    made = package({"a_rule.py": content})

    with pytest.raises(PluginError) as caught:
        discover(made, Indicator)

    assert message == caught.value.message


def test_a_plugins_purpose_is_the_first_line_of_its_docstring(package: Package) -> None:
    found = discover(package({"a_rule.py": _rule("ARule")}), Indicator)

    assert purpose(found["a_rule"]) == "Says ARule."


def test_every_installed_plugin_says_its_purpose() -> None:
    kinds = {**assembly.indicator_kinds(), **assembly.source_kinds()}

    assert kinds
    assert [name for name, kind in kinds.items() if len(purpose(kind)) < 10] == []
