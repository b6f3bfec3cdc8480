"""The program that writes the demo family as GGUF files, and that its sisters take no option for a name."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from demo_family import gguf
from playground.engines.roster import demo_files, specs

PROGRAMS = (
    "bench.__main__",
    "demo_family.check",
    "demo_family.gguf",
    "demo_family.samples",
    "demo_family.train",
    "playground.benchmark.plain",
    "playground.benchmark.random_gguf",
    "playground.benchmark.random_weights",
)


@pytest.mark.parametrize("name", PROGRAMS)
def test_help_says_what_it_does_and_does_nothing(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", [name, "--help"])
    with pytest.raises(SystemExit) as ended:
        import_module(name).main()
    assert ended.value.code == 0
    assert f"usage: python -m {name.removesuffix('.__main__')} " in capsys.readouterr().out
    assert not list(tmp_path.iterdir())


def test_what_it_writes_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert gguf.main(["E2B", "--type", "q8_0"]) == 0
    text, encoders = sorted(demo_files.folder().iterdir())
    assert capsys.readouterr().out.split() == [str(text), str(encoders)]
    found = specs.find("demo:E2B@q8_0")
    assert (found.path, found.encoders) == (text, encoders)
    with pytest.raises(SystemExit):
        gguf.main(["12B"])
    (tmp_path / "file").touch()
    assert gguf.main(["E2B", "--into", str(tmp_path / "file")]) == 1
    assert "can't be written to" in capsys.readouterr().err
