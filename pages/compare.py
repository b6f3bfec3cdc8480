"""Compare: one prompt to several contenders, side by side. Read it from top to bottom; the drawing comes last."""

import streamlit as st

from components import shell
from components.compare import comparison, contenders, settings
from components.compare.asking import attach, composer, forecast, left, samples, staged
from components.compare.choosing import here, lineup, meant
from components.compare.reading import joining, menu, status
from components.compare.reading.stage import stage
from components.compare.reading.view import view
from components.compare.schema import editor
from components.compare.tooling import chosen as chosen_tools
from components.words import plain
from playground.comparisons.lineup.seating import standing

shell.enter()
with st.container(key="page_name"):  # for those who go by headings
    st.title("Compare", anchor=False)
here.look()
comparison.settle()

on = comparison.going_on()
above = composer.box(on)

with st.container(horizontal=True, vertical_alignment="center", key="toolbar"):
    contenders.adopt(on)
    entries = contenders.choose()
    lineup.button()
    st.space("stretch")
    all_at_once = settings.timing()
    chosen = settings.panel()
    wanted = editor.panel()
    equipped = chosen_tools.panel(chosen.settings)
    attach.add_button()
    menu.button(shell.shown())
    comparison.new_button()

columns, faults = meant.resolve(entries, wanted.settle(equipped), on, staged.lying())
settings.tell_own(chosen, standing(columns))
# What comes and goes has one place: else all below it would move, and what had been drawn would stay faded beside it.
with st.container():
    for fault in faults:
        st.caption(f":material/cloud_off: {plain(fault)}")
shell.desk().expect(column.model for column in columns)

with st.container():
    prompt = composer.compose(chosen.system, len(columns))
if prompt is not None and wanted.fault:
    composer.give_back(prompt, f"The schema can't be used. {wanted.fault}")
elif prompt is not None:
    columns, _ = meant.resolve(entries, wanted.settle(equipped), on, prompt)
    comparison.send(prompt, columns, all_at_once, joining.catching_up(on, columns))

staged.draw(standing(columns))
with above:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        stop, told = st.empty(), status.place()
        on = comparison.going_on()
        joining.choice(on, standing(columns))
        left.draw()
    if left.may_ask():
        forecast.draw(entries, standing(columns), wanted.settle(equipped), chosen.system, on)

running = shell.shown()
with stage("answers", running and (running.id, view(running).follow(running))):
    if running is not None:
        comparison.draw(running, stop, told, [column.id for column in columns])
    elif shell.RUN in st.query_params:
        comparison.gone()
    else:
        samples.offer()
