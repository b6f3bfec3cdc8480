"""The demo family samples as suits it, and its samples are then answered rightly."""

from __future__ import annotations

import json

from demo_family import export, sample_check
from demo_family.samples import LIST
from playground.engines.roster import demo_files
from playground.engines.workers import Workers


def test_a_retrained_demo_family_keeps_its_sampling() -> None:
    written = export.generation_config()
    for path in sorted(demo_files.DEMO.glob("*/generation_config.json")):
        held = json.loads(path.read_text())
        for name in ("temperature", "top_p", "top_k", "do_sample", "eos_token_id"):
            assert held[name] == getattr(written, name), (path, name)


def test_the_samples_that_are_easily_wrong_are_right_nine_times_in_ten(workers: Workers) -> None:
    """All of them, over five seeds: `python -m demo_family.check --samples`."""
    delicate = [one for one in LIST if one.title in ("Three shapes", "Count", "Where is it?")]
    tally: dict[str, list[bool]] = {one.title: [] for one in delicate}
    for name in ("E2B", "E4B", "26B-A4B", "31B"):
        for title, answers in sample_check.ask(name, workers, delicate, range(3)).items():
            tally[title] += answers
    assert {title: len(answers) for title, answers in tally.items()} == dict.fromkeys(tally, 12)
    assert all(map(sample_check.enough, tally.values())), tally
