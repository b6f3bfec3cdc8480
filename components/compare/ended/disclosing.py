"""What an auditor asks of each answer: one view and one JSON for each, in a dialog."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import streamlit as st

from components import shell
from components.words import plain
from playground.archive import recording
from playground.archive.export.disclosed import answered
from playground.archive.record import Comparison as Record
from playground.comparisons.comparison import Comparison
from playground.prompt.overrides import words


def button(comparison: Comparison) -> None:
    """A button that opens the dialog for the round that is shown."""
    if st.button(
        "Disclosure",
        key="disclosure",
        icon=":material/policy:",
        type="tertiary",
        help="Which weights answered, how, where, and what left this machine",
    ):
        _dialog(comparison)


@st.dialog("Disclosure", width="large")
def _dialog(comparison: Comparison) -> None:
    kept = _record(comparison)
    number = next(n for n, one in enumerate(kept.rounds, 1) if one.id == comparison.last.id)
    answers = kept.rounds[number - 1].answers
    tabs = st.tabs([plain(one.contender.label) for one in answers])
    for index, (tab, answer) in enumerate(zip(tabs, answers, strict=True)):
        told = answered(kept, number, answer)
        with tab:
            first, *others = map(_row, _facts(told))  # an empty head would be drawn as a strip
            st.markdown("\n".join([first, "|:--|:--|", *others]))
            with st.container(horizontal=True, vertical_alignment="center"):
                st.download_button(
                    "JSON",
                    json.dumps(told, ensure_ascii=False, indent=1),
                    file_name=f"disclosure-{kept.id}-{index + 1}.json",
                    mime="application/json",
                    key=f"disclosed_{index}",
                    icon=":material/download:",
                    on_click="ignore",
                )
                st.caption("Digests are the first 16 digits of SHA-256; the JSON has all of them.")


def _record(comparison: Comparison) -> Record:
    """As it was kept, with the versions of that day; where nothing is kept, as it stands in memory."""
    archive = shell.desk().archive
    with shell.archive_faults():
        kept = archive.record(comparison.id) if archive is not None else None
        if kept is not None and any(one.id == comparison.last.id for one in kept.rounds):
            return kept
    return recording.comparison(comparison, recording.now())


def _facts(told: dict[str, Any]) -> list[tuple[str, str]]:
    model, engine, data = told["model"], told["engine"], told["data"]
    numbers = model["parameters"]
    shown = {
        "Weights": f"{model['weights']}{', not Gemma 4' if model['demo_sized'] else ''}",
        "Revision": model["revision"],
        "Files": ", ".join(
            f"{one['name']} {(one['sha256'] or 'not read')[:16]}" for one in model["files"]
        ),
        "Parameters stored": numbers["stored"] and f"{numbers['stored']:,} ({numbers['source']})",
        "Active for a token": numbers["per_token"]
        and f"{numbers['per_token']:,} ({numbers['source']})",
        "Precision": model["precision"],
        "Chat template": model["template_sha256_16"],
        "Engine": ", ".join([engine["name"], *(f"{n} {v}" for n, v in engine["versions"].items())]),
        "Device": engine["device"],
        "Ran on": data["ran_on"],
        "Sent to": data["sent_to"] or "no server",
        "Left this machine": "yes" if data["left_this_machine"] else "no",
        "Inputs": ", ".join(f"{one['kind']} {one['sha256'][:16]}" for one in data["inputs"]),
        "Settings": ", ".join(_settings(told["settings"])),
        "Answer": f"text {said[:16]}" if (said := told["output"]["sha256"]) else "no text",
    }
    return [(name, str(value) if value else "not known") for name, value in shown.items()]


def _settings(used: dict[str, Any]) -> Iterator[str]:
    """As they are called where contenders are told apart; those that a model was left without are not said."""
    for name, value in used.items():
        if name == "tools":
            yield from [f"tools {', '.join(value)}"] if value else []
        elif name.endswith("_sha256"):
            what = {"schema_sha256": "schema", "begun_sha256": "begun with text"}[name]
            yield from [f"{what} {value[:16]}"] if value else []
        elif value is not None:
            yield words(name, value)


def _row(fact: tuple[str, str]) -> str:
    name, value = fact
    return f"| {name} | {plain(value).replace('|', chr(0x2502))} |"
