"""What is handed out: the wheel, the manual pages, the menu entry."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from console.commands import OWNERS

ROOT = Path(__file__).resolve().parents[3]
SOURCES = ("console", "db", "resources")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    skip = shutil.ignore_patterns("__pycache__")
    for name in SOURCES:
        shutil.copytree(ROOT / name, source / name, ignore=skip)
    for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        shutil.copyfile(ROOT / name, source / name)
    words = [sys.executable, "setup.py", "-q", "bdist_wheel", "--dist-dir", str(folder)]
    subprocess.run(words, cwd=source, check=True, capture_output=True)
    (made,) = folder.glob("*.whl")
    with zipfile.ZipFile(made) as packed:
        packed.extractall(folder / "installed")
    return folder / "installed"


def _files(folder: Path) -> set[str]:
    found = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {str(path.relative_to(folder)) for path in found}


def test_the_wheel_holds_every_module_and_every_plain_file(wheel: Path) -> None:
    assert _files(wheel / "console" / "_resources") == _files(ROOT / "resources")
    assert _files(ROOT / "console") <= _files(wheel / "console")
    assert _files(ROOT / "db") <= _files(wheel / "db")
    assert not (wheel / "resources").exists(), "a name other programs may use too"


def test_the_program_of_the_wheel_needs_no_source_tree(wheel: Path, tmp_path: Path) -> None:
    start = f"import sys; sys.path.insert(0, {str(wheel)!r}); from console.cli import main; sys.exit(main())"
    env = {k: v for k, v in os.environ.items() if not k.startswith(("FIFTEEN_", "PYTHON"))}

    def told(*words: str) -> str:
        command = [sys.executable, "-I", "-B", "-c", start, *words, "--data", str(tmp_path), "--lang", "en"]
        return subprocess.run(
            command, env=env, cwd=tmp_path, check=True, capture_output=True, text=True
        ).stdout

    told("db", "init", "--purpose", "test")
    assert "E09006-1" in told("standard", "list", "--text", "09006")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """Both manual pages, Chinese first."""
    folder = tmp_path_factory.mktemp("man")
    words = [sys.executable, str(ROOT / "packaging" / "manual.py"), str(folder)]
    subprocess.run(words, check=True, capture_output=True)
    return tuple((folder / name / "fifteen.1").read_text("utf-8") for name in ("zh_CN/man1", "man1"))


def test_the_manual_names_every_command_in_both_languages(pages: tuple[str, ...]) -> None:
    for page in pages:
        missing = [name for name in OWNERS if f".SS fifteen {name}" not in page.replace("\\-", "-")]
        assert missing == []
    assert pages[0].count(".SS") == pages[1].count(".SS")
    assert "退出码" in pages[0]
    assert "EXIT STATUS" in pages[1]


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed here")
def test_the_manual_is_sound_roff(pages: tuple[str, ...]) -> None:
    for page in pages:
        words = ["groff", "-man", "-Tutf8", "-Kutf8", "-ww", "-z"]
        done = subprocess.run(words, input=page.encode(), capture_output=True, check=True)
        # A long list of choices fills its line badly; that is all it may say.
        heard = [
            x for x in done.stderr.decode().splitlines() if not x.endswith(("adjust line", "break line"))
        ]
        assert heard == []


def test_the_menu_entry_is_whole() -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str  # type: ignore[assignment,method-assign]
    entry.read(ROOT / "packaging" / "fifteen.desktop", encoding="utf-8")
    for name in entry.sections():
        section = entry[name]
        assert section["Name"]
        assert section["Name[zh_CN]"]
        program, command, *_ = section["Exec"].split()
        assert (program, command in OWNERS) == ("fifteen", True)
    actions = entry["Desktop Entry"]["Actions"].strip(";").split(";")
    assert {f"Desktop Action {one}" for one in actions} < set(entry.sections())
    assert (ROOT / "resources" / "icons" / f"{entry['Desktop Entry']['Icon']}.svg").is_file()


def test_what_goes_into_the_debian_package_is_there() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import debian, json; print(json.dumps([debian.FILES, debian.control(1)]))"],
        cwd=ROOT / "packaging", check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    import json

    files, control = json.loads(told)
    assert [name for name, _ in files if not (ROOT / name).is_file()] == []
    assert f"Depends: python3.{sys.version_info.minor}, " in control
    assert "libvlc5" in control
    assert "pytest" not in control
