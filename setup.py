"""What pyproject.toml cannot say: a wheel carries ``resources/`` inside the
package, as ``console/_resources`` (found by ``console/shipped.py``)."""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent


class BuildWithResources(build_py):
    """Copies the plain files beside the modules; an editable install finds
    them where they are."""

    def run(self) -> None:
        """Build, then copy."""
        super().run()
        if not self.editable_mode:
            target = Path(self.build_lib) / "console" / "_resources"
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(ROOT / "resources", target)


setup(cmdclass={"build_py": BuildWithResources})
