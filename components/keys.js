// What is told of the answers to those who do not see them, and how the keyboard and the eye go through them.
// Loaded together with browser.js, whose `look` calls `lay` whenever the page has changed.

const PANE = '[class*="st-key-pane_"]'
const EARLIER = '[class*="st-key-earlier_"]'
const LAID_OUT = '[class*="st-key-scrolling_"]'
const OPEN = '[data-testid="stPopoverBody"], [role="dialog"], [role="menu"], [role="listbox"]'
const WRITTEN_IN = 'input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable="true"], [role="combobox"], [role="slider"], [data-testid="stDataFrame"]'

const panes = () => [...document.querySelectorAll(PANE)]

// --- Answers as regions with a name ------------------------------------------------------------------------------

function lay() {
  const byColumn = new Map()
  for (const head of document.querySelectorAll('[class*="st-key-head_"]')) {
    const [, column] = head.className.match(/st-key-head_(\d+)/) ?? []
    byColumn.set(column, owner(column))
  }
  for (const pane of panes()) {
    const [, column] = pane.className.match(/st-key-pane_(\d+)/) ?? []
    const whose = byColumn.get(column)
    if (whose) region(pane, `${whose}'s answer`)
    const busy = String(Boolean(pane.querySelector(".stMarkdownShimmer:not(:empty)")))
    if (pane.ariaBusy !== busy) pane.ariaBusy = busy
  }
  for (const pane of document.querySelectorAll(EARLIER)) {
    const [, round, column] = pane.className.match(/st-key-earlier_(\d+)_(\d+)/) ?? []
    const whose = byColumn.get(column)
    if (whose) region(pane, `${whose}'s answer in round ${round}`)
  }
  measure()
  arrive()
  hear()
}

function owner(column) {
  const head = document.querySelector(`.st-key-head_${column} h2`)
  return head ? text(head).trim() : ""
}

function region(pane, name) {
  if (pane.ariaLabel === name) return
  pane.role = "region"
  pane.ariaLabel = name
  pane.tabIndex = -1
}

// --- One status region: what stands in the line beside Stop, and what buttons say ---------------------------------

let status = null
let heard = ""

function hear() {
  const line = document.querySelector(".st-key-status")?.textContent.trim() ?? ""
  if (line && line !== heard) announce(line)
  heard = line
}

function announce(words) {
  if (status) status.textContent = words
}

// --- The round that was just asked comes into sight ------------------------------------------------------------------
// It has little to show at first: it is followed up as its answers grow, until it stands below the heads or somebody
// goes elsewhere.

let awaitedRound = ""
let lastRound = null

function expectRound(id) {
  if (lastRound !== null && id && id !== lastRound) awaitedRound = id
  lastRound = id
}

function arrive() {
  const round = awaitedRound && document.querySelector(`.st-key-round_${CSS.escape(awaitedRound)}`)
  if (!round) return
  const first = document.querySelector('[class*="st-key-round_"]') === round
  if (!first) round.scrollIntoView({ block: "start" })
  const over = round.getBoundingClientRect().top - parseFloat(getComputedStyle(round).scrollMarginTop)
  if (first || over < 4) awaitedRound = ""
}

const leave = () => (awaitedRound = "")

// --- The heads stay in sight: what stands below them has to know how tall they are ----------------------------------

let heads = null
const sizes = new ResizeObserver(([entry]) => {
  document.documentElement.style.setProperty("--heads", `${Math.round(entry.borderBoxSize[0].blockSize + 9)}px`)
})

function measure() {
  const now = document.querySelector(".st-key-heads")
  if (now === heads) return
  sizes.disconnect()
  heads = now
  if (heads) sizes.observe(heads)
}

// --- Columns that are scrolled through together ---------------------------------------------------------------------
// Sideways all rows, so that a column stays below its head; up and down only on request, each by its share.

const led = new WeakSet() // what was scrolled by us and must lead nothing in turn

function follow(event) {
  const moved = event.target
  if (!(moved instanceof Element) || !moved.closest(LAID_OUT)) return
  if (led.delete(moved)) return
  if (moved.matches('[data-testid="stGrid"]')) {
    const rows = document.querySelectorAll(`${LAID_OUT} [data-testid="stGrid"]`)
    for (const row of rows) lead(row, moved, "scrollLeft", moved.scrollLeft)
  } else if (moved.matches(`:is(${PANE}, ${EARLIER})`) && moved.closest('[class*="st-key-scrolling_linked"]')) {
    const share = moved.scrollTop / Math.max(1, moved.scrollHeight - moved.clientHeight)
    const row = moved.closest('[data-testid="stGrid"]').querySelectorAll(`:is(${PANE}, ${EARLIER})`)
    for (const pane of row) lead(pane, moved, "scrollTop", share * (pane.scrollHeight - pane.clientHeight))
  }
}

function lead(one, leader, way, to) {
  if (one === leader || Math.abs(one[way] - to) < 1) return
  const before = one[way]
  one[way] = to
  if (one[way] !== before) led.add(one)
}

// --- Keys ------------------------------------------------------------------------------------------------------------
// One letter counts only where nothing is being written, and nothing is open.

function press(event) {
  if (event.defaultPrevented || event.isComposing || event.altKey) return
  const box = document.querySelector(`${BOX} textarea`)
  const writes = event.target.closest?.(WRITTEN_IN)
  const open = document.querySelector(OPEN)
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    if ((!writes || writes === box) && !open) act(event, () => document.querySelector(`${SEND}:not(:disabled)`)?.click())
  } else if (event.ctrlKey || event.metaKey) {
    return
  } else if (event.key === "Escape") {
    if (!open && (!writes || (writes === box && !box.value))) document.querySelector(".st-key-stop_all button")?.click()
  } else if (event.key === "F6") {
    if (panes().length) act(event, () => (at() < 0 ? go(0) : box?.focus()))
  } else if (!writes && !open) {
    letter(event, box)
  }
}

function letter(event, box) {
  const key = event.key.toLowerCase()
  if (/^[1-6]$/.test(key)) act(event, () => go(Number(key) - 1))
  else if (key === "j") act(event, () => go(Math.min(at() + 1, panes().length - 1)))
  else if (key === "k") act(event, () => go(Math.max(at() - 1, 0)))
  else if (key === "/") act(event, () => (document.querySelector(".st-key-history_search input") ?? box)?.focus())
  else if (key === "?") act(event, list)
}

function list() {
  const button = document.querySelector(".st-key-view_menu button")
  button?.scrollIntoView({ block: "nearest" }) // what it opens stands beside it
  button?.click()
}

function act(event, does) {
  event.preventDefault()
  does()
}

const at = () => panes().findIndex((pane) => pane.contains(document.activeElement))

function go(number) {
  const pane = panes()[number]
  pane?.focus({ preventScroll: true, focusVisible: true })
  pane?.scrollIntoView({ block: "nearest", inline: "nearest" })
}

function installKeys() {
  document.addEventListener("keydown", press)
  for (const one of ["wheel", "touchmove", "pointerdown", "keydown"]) document.addEventListener(one, leave, { passive: true })
  document.addEventListener("scroll", follow, { capture: true, passive: true })
  document.addEventListener("playground:say", (event) => announce(event.detail))
}
