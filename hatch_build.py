"""Compiles the kernel while a wheel is made or the project is installed; without a compiler the wheel is pure Python.

The environment's ``KENTONGAN_KERNEL`` decides otherwise: ``off`` leaves it out, ``required`` makes its absence an error.
"""

from __future__ import annotations

import importlib.util
import os
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class KernelHook(BuildHookInterface):
    """Puts the compiled kernel beside its sources and into the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Compile, and say in the wheel's name which platform it is for; any Python can load it."""
        wanted = os.environ.get("KENTONGAN_KERNEL", "")
        if wanted == "off":
            return
        directory = Path(self.root) / "detector" / "kernel"
        spec = importlib.util.spec_from_file_location("building", directory / "building.py")
        assert spec is not None
        assert spec.loader is not None
        building = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(building)
        try:
            library = building.build(directory)
        except (RuntimeError, OSError) as error:
            if wanted == "required":
                raise RuntimeError(f"KENTONGAN_KERNEL=required, but {error}") from error
            self.app.display_warning(f"the kernel was not compiled, scans take longer: {error}")
            return
        build_data["artifacts"].append(f"detector/kernel/{library.name}")
        build_data["pure_python"] = False
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["tag"] = f"py3-none-{platform}"
