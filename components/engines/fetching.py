"""What of the family can be fetched to this machine: whether it would fit, and its download as it goes."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components import colours, shell
from components.words import plain
from playground.desk import Desk
from playground.engines.roster import installed
from playground.models.catalog import Variant
from playground.models.fit import CONTEXT, ROOMY, fit, shapes
from playground.models.gguf import need
from playground.models.hub import cache
from playground.models.hub.downloads import Download
from playground.models.model import Model
from playground.models.sizes import size

OFFICIAL = "q4_0"
"""The type of the GGUF files that Google publishes."""


def absent(desk: Desk, variant: Variant, may_take: int) -> None:
    """A variant whose real weights are not here: whether they fit into so many bytes, and the way to them."""
    repo = variant.weights.instruct
    download = desk.downloads.find(repo)
    damaged = any(one.weights == repo for one in installed.damaged())
    state = ":orange-badge[damaged]" if damaged else ":gray-badge[not here]"
    found = fit(variant.name, "bf16", CONTEXT, 1, may_take)
    fits = {"fits": "fits here", "tight": "is tight here", "does not fit": "does not fit here"}
    instead = f": {found.instead}" if found.instead else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            f"**{colours.text(variant.name, variant.name)}** {plain(repo)} {state}  \n"
            f":small[:gray[in bf16 with {CONTEXT:,} tokens of context it takes {size(found.need.total)} and "
            f"{fits[found.verdict]}{instead}]]",
            width="content",
        )
        st.space("stretch")
        if shell.may_manage():
            _download_button(desk, repo, download)
    if download is not None:
        _progress(download)


def gguf(desk: Desk, variant: Variant, here: Sequence[Model], may_take: int) -> None:
    """The way to the variant's official GGUF file, where it is not here."""
    repo = variant.weights.gguf(OFFICIAL)
    if (
        not repo
        or not shell.may_manage()
        or any(one.weights.startswith(f"{repo}/") for one in here)
    ):
        return
    download, bytes_ = desk.downloads.find(repo), int(variant.memory_gb.gguf_q4_file * 1e9)
    takes = need.foreseen(shapes()[variant.name], bytes_).total
    fits = "does not fit here" if takes > may_take else "fits here"
    if ROOMY * may_take < takes <= may_take:
        fits = "is tight here"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            f":small[:gray[or as GGUF for llama.cpp, {OFFICIAL}: {plain(repo)}, {size(bytes_)} and its encoders; in "
            f"memory it takes about {size(takes)} and {fits}]]",
            width="content",
        )
        st.space("stretch")
        _download_button(desk, repo, download, " GGUF")
    if download is not None:
        _progress(download)


def drafter(desk: Desk, repo: str) -> None:
    """The way to a real model's drafter, which makes it answer faster."""
    download = desk.downloads.find(repo)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            f":small[:gray[with its drafter it may answer faster: {plain(repo)}]]", width="content"
        )
        st.space("stretch")
        _download_button(desk, repo, download, " drafter")
    if download is not None:
        _progress(download)


def _download_button(desk: Desk, repo: str, download: Download | None, what: str = "") -> None:
    """`what` tells it from the others of the same member."""
    if download is not None and not download.ended:
        st.button(
            f"Cancel{what}",
            key=f"cancel_{repo}",
            icon=":material/close:",
            on_click=download.cancel,
        )
        return
    kept = cache.size(repo)
    label = f"Go on{what} ({size(kept)} are here)" if kept else f"Download{what}"
    st.button(
        label,
        key=f"download_{repo}",
        icon=":material/download:",
        on_click=desk.downloads.start,
        args=(repo,),
    )
    if kept:
        st.button(
            f"Throw away{what}",
            key=f"discard_{repo}",
            icon=":material/delete:",
            on_click=_throw_away,
            args=(repo,),
        )


def _throw_away(repo: str) -> None:
    tell(cache.remove(repo))


def tell(why: str) -> None:
    """Why something could not be deleted, if it could not."""
    if why:
        st.toast(plain(why), icon=":material/error:", duration="infinite")


def _progress(download: Download) -> None:
    if download.state == "failed":
        st.error(plain(f"{download.reason} {download.remedy}"), icon=":material/error:")
    elif download.state == "cancelled":
        st.markdown(":small[:gray[Cancelled; what came is kept.]]")
    elif not download.ended:
        share = download.done / download.total if download.total else 0.0
        st.progress(min(share, 1.0), text=download.words)
