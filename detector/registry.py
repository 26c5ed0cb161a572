"""Find plug-ins: one file, one public class, the file's name is the plug-in's name."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from types import ModuleType
from typing import TypeVar

from detector.errors import PluginError

T = TypeVar("T")


def discover(package: ModuleType, base: type[T]) -> dict[str, type[T]]:
    """Return every plug-in class of a package, by name, in alphabetical order.

    ``interface``, files that begin with an underscore and packages within are not plug-ins.

    Raises:
        PluginError: a file holds no subclass of `base`, more than one, one whose name differs from
            the file's, or one that is not finished.
    """
    found: dict[str, type[T]] = {}
    for module_info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
        name = module_info.name
        if name == "interface" or name.startswith("_") or module_info.ispkg:
            continue
        module = importlib.import_module(f"{package.__name__}.{name}")
        classes = [
            member
            for _, member in inspect.getmembers(module, inspect.isclass)
            if issubclass(member, base)
            and member.__module__ == module.__name__
            and not member.__name__.startswith("_")
        ]
        if len(classes) != 1:
            names = ", ".join(sorted(member.__name__ for member in classes)) or "none"
            raise PluginError(
                f"{name}.py must hold exactly one {base.__name__}, found {names}",
                hint="move helpers into a file that begins with an underscore",
            )
        expected = "".join(part.capitalize() for part in name.split("_"))
        if classes[0].__name__.lower() != expected.lower():
            raise PluginError(f"{name}.py must name its class {expected}")
        if missing := getattr(classes[0], "__abstractmethods__", None):
            raise PluginError(f"{name}.py leaves out {', '.join(sorted(missing))}")
        found[name] = classes[0]
    return found


def purpose(plugin: type) -> str:
    """Return the first line of a plug-in's docstring."""
    return (inspect.getdoc(plugin) or "").partition("\n")[0]
