"""The ways into the tray: files, the microphone, the camera, the samples. Knows no model."""

from __future__ import annotations

import streamlit as st

from components import uploads
from components.compare.asking import consent, samples, sources
from components.compare.asking.tray import tray
from playground.prompt.limits import LIMITS


def add_button() -> None:
    """A button that opens them. What a file is, the core finds out from its content."""
    held = tray()
    with st.popover(
        "Add media",
        icon=":material/attach_file:",
        key="add_media",
        help="Pictures, sound, clips, documents",
    ):
        source = st.segmented_control(
            "From",
            ["File", "Microphone", "Camera", "Sample"],
            default="File",
            required=True,
            key="media_source",
            label_visibility="collapsed",
        )
        # A new key after each upload empties the widget.
        number = held.uploads
        if source == "Sample":
            samples.choose()
            came = []
        elif source == "Microphone":
            came = [("recording.wav", st.audio_input("Record", key=f"microphone_{number}"))]
        elif source == "Camera":
            came = [("photo.jpg", st.camera_input("Take a picture", key=f"camera_{number}"))]
        else:
            files = st.file_uploader(
                "Pictures, recordings, clips, PDFs and texts",
                accept_multiple_files=True,
                key=f"upload_{number}",
                max_upload_size=LIMITS.file_bytes // 1_000_000,
            )
            came = [(file.name, file) for file in files]
        consent.line()
    if any(file for _, file in came):
        held.faults.clear()
        with st.spinner("Reading…"):
            for name, file in came:
                if file:
                    sources.take(held, name, uploads.take(file))
            held.uploads += 1  # before anything is drawn, which may begin the page anew
        st.rerun()
