"""A folder of samples is read whole, or one sentence names what is wrong in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.config import ConfigError, check
from playground.prompt.samples import SampleFault, samples
from tests.test_layers import ROOT

GOOD = '[[sample]]\nkind = "document"\ntitle = "Sum"\nprompt = "Sum?"\nfile = "a.csv"\n'


def test_the_built_in_samples_are_such_a_folder() -> None:
    found = samples(ROOT / "assets" / "samples")
    assert len(found) > 10
    assert all(part for sample in found[:2] for part in sample.parts())


def test_a_sample_of_ones_own_has_its_file(tmp_path: Path) -> None:
    (tmp_path / "samples.toml").write_text(GOOD + GOOD)
    (tmp_path / "a.csv").write_text("1,2")
    (sample,) = samples(tmp_path)
    (part,) = sample.parts()
    assert part.kind == "document" and part.text == "1,2"
    (tmp_path / "a.csv").write_bytes(bytes(9))
    with pytest.raises(SampleFault, match=r"^a\.csv holds nothing but zeros\.$"):
        sample.parts()
    (tmp_path / "a.csv").unlink()
    with pytest.raises(SampleFault, match=r"^a\.csv can't be read: No such file"):
        sample.parts()


def test_a_sample_can_have_several_files_and_settings(tmp_path: Path) -> None:
    entry = GOOD.replace('"a.csv"', '["a.csv", {name = "b.mp4", frames = 3, frame_tokens = 140}]')
    settings = '[sample.settings]\nthinking = "on"\nimage-tokens = "280"\nsystem = "Be brief."\n'
    for name in ("a.csv", "b.mp4"):
        (tmp_path / name).write_text("1,2")
    (tmp_path / "samples.toml").write_text(entry + settings)
    (sample,) = samples(tmp_path)
    assert [(one.name, one.wish.frames, one.wish.frame_tokens) for one in sample.files] == [
        ("a.csv", 0, 70),
        ("b.mp4", 3, 140),
    ]
    assert sample.settings is not None
    assert sample.settings.held == {"thinking": True, "image_tokens": 280, "system": "Be brief."}
    for wrong, fault in (
        (
            'thinking = "perhaps"',
            r"^Sample 1 in samples\.toml: thinking is on or off, not 'perhaps'",
        ),
        ('loudness = "3"', r"^Sample 1 in samples\.toml: There is no setting 'loudness'"),
    ):
        (tmp_path / "samples.toml").write_text(f"{entry}[sample.settings]\n{wrong}\n")
        with pytest.raises(SampleFault, match=fault):
            samples(tmp_path)
    (tmp_path / "samples.toml").write_text(entry.replace("frames = 3", "frames = 300"))
    with pytest.raises(SampleFault, match=r"a clip goes as 1 to 60 frames\.$"):
        samples(tmp_path)


def test_a_folder_that_is_not_there_is_told_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"PLAYGROUND_SAMPLES is .*; name a folder that is there"):
        check({"PLAYGROUND_SAMPLES": str(tmp_path / "nowhere")})
    check({"PLAYGROUND_SAMPLES": str(tmp_path)})


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (None, "samples.toml can't be read: No such file"),
        ("[[sample]", "samples.toml is not TOML"),
        (b"\xff\xfe", "samples.toml is not TOML"),
        ("sample = 3", "samples.toml lists its samples as [[sample]]"),
        ("sample = [3]", "Sample 1 in samples.toml holds something else than text."),
        ('[[sample]]\nkind = "text"\ntitle = 7', "Sample 1 in samples.toml holds something else"),
        ('[[sample]]\nkind = "text"\ntitle = "A"', "Sample 1 in samples.toml has no prompt."),
        (GOOD, "Sample 1 in samples.toml names a.csv, which is not in its folder."),
        (GOOD.replace("a.csv", "../secret"), "names ../secret, which is not in its folder."),
        (GOOD.replace("document", "smell"), "is of no kind that there is: text, image"),
        (GOOD + 'colour = "red"', "has 'colour', which means nothing there."),
        (
            GOOD + "[sample.settings]\nthinking = true",
            "Sample 1 in samples.toml holds something else",
        ),
        (GOOD.replace('"a.csv"', '[{name = "a.csv", pages = 3}]'), "holds something else"),
        (GOOD.replace('"a.csv"', '["a.csv", "../b"]'), "names a.csv, which is not in its folder."),
    ],
)
def test_a_bad_list_is_one_sentence(said: str | bytes | None, fault: str, tmp_path: Path) -> None:
    if said is not None:
        data = said if isinstance(said, bytes) else said.encode()
        (tmp_path / "samples.toml").write_bytes(data)
    with pytest.raises(SampleFault) as refused:
        samples(tmp_path)
    assert fault in str(refused.value)
