// What a page needs of the browser that Streamlit has no parameter for. Each part says why it is there.
// Loaded once a tab, however often it is mounted: what is installed stays.

const BOX = ".st-key-composer"
const CHIP = '[data-testid="stFileChip"]'
const SEND = '[data-testid="stChatInputSubmitButton"]'
const MENU = '[data-testid="stTopNavLink"], [data-testid="stSidebarNavLink"]'

const DOUBLE_MS = 600
const PAUSE_MS = 500
const ATTACH_MS = 20000
const MARKED_MS = 2000

let page = null // what the server said last: the most megabytes of a file, the draft that it knows
let tell = () => {} // tells the server a value
let fault = null // where this page says what went wrong

// --- A file that could not be uploaded -------------------------------------------------------------------------
// Streamlit marks it red and sends the words without it. Here nothing is sent until it is taken out, and it is said.

const lost = new Map() // of "Add media": name -> why; its widget is emptied as soon as another file was read
let awaited = 0 // files that were chosen and are not shown in the box yet
let shown = 0 // files that are shown in the box
let refused = false // whether sending was tried meanwhile
let seen = -Infinity // when a file of "Add media" was last seen marked

const chips = (where) => [...document.querySelectorAll(`${where} ${CHIP}`)]
const failed = (where) => chips(where).filter((chip) => chip.getAttribute("aria-invalid") === "true")
const named = (chip) => chip.querySelector('[data-testid="stFileChipName"]')?.title ?? "A file"

function why(chip) {
  const said = chip.querySelector('[role="alert"]')?.textContent ?? ""
  return reason(Number(said.match(/status code (\d+)/)?.[1] ?? (/or smaller/.test(said) ? 1 : 0)))
}

function reason(status) {
  const known = {
    1: `it is larger than ${page.most_mb} MB, the most for a file`,
    400: "the program lost this page's session; load the page again",
    403: "the browser keeps no cookies for this page",
    408: "nothing more of it came",
    413: "a server on the way takes nothing that large",
    503: "too many visitors' files wait to be read just now",
    429: "too many files wait to be read, or you have uploaded as much as one may for now",
  }
  const number = status > 1 ? ` (${status})` : ""
  return (known[status] ?? "the connection broke") + number
}

function held() {
  return awaited > 0 || failed(BOX).length > 0
}

function hold(event) {
  if (!held()) return
  event.preventDefault()
  event.stopPropagation()
  refused = true
  draw()
}

function expect(count) {
  if (!count) return
  awaited += count
  setTimeout(() => {
    if (awaited) lost.set(awaited === 1 ? "A file" : `${awaited} files`, reason(0))
    awaited = 0
    draw()
  }, ATTACH_MS)
}

function look() {
  const count = chips(BOX).length
  awaited = Math.max(0, awaited - Math.max(0, count - shown))
  shown = count
  for (const chip of failed('[data-testid="stFileUploader"]')) {
    lost.set(named(chip), why(chip))
    seen = performance.now()
  }
  name()
  lay()
  draft()
  draw()
  focus()
  const main = document.querySelector('[data-testid="stMain"]')
  if (main && main.role !== "main") main.role = "main" // what one can jump to, past the menu
  // Popovers and dialogs hang outside of the app and would not know whether it is light or dark.
  document.documentElement.style.colorScheme = getComputedStyle(document.querySelector(".stApp")).colorScheme
}

function draw() {
  if (!fault) return
  const inBox = failed(BOX).map((chip) => [named(chip), why(chip)])
  if (!inBox.length && !awaited) refused = false
  const lines = [...inBox, ...lost].map(([name, because]) => `${name} could not be uploaded: ${because}.`)
  if (inBox.length) lines.push(`${refused ? "Nothing was sent. " : ""}Take it out of the box to send the rest.`)
  else if (refused && awaited) lines.push("Nothing was sent: a file is still on its way.")
  const text = lines.join("\n")
  if (fault.dataset.text === text) return
  fault.dataset.text = text
  fault.replaceChildren(...lines.map((line) => Object.assign(document.createElement("div"), { textContent: line })))
  fault.hidden = !lines.length
  if (lost.size) {
    const close = Object.assign(document.createElement("button"), { type: "button", textContent: "Close" })
    close.onclick = () => (lost.clear(), draw())
    fault.append(close)
  }
}

// A recording leaves no mark behind at all when its upload fails. A file does, if only until its widget is emptied.
function watchUploads() {
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const status = entry.responseStatus ?? 200
      if (!entry.name.includes("/_stcore/upload_file/") || (status >= 200 && status < 300)) continue
      setTimeout(() => {
        if (failed("body").length || performance.now() - seen < MARKED_MS) return
        lost.set("What was recorded", reason(status))
        draw()
      }, 500)
    }
  }).observe({ type: "resource" })
}

// --- A second click that lands on what the first one brought -----------------------------------------------------
// Buttons come and go under the pointer: a double click on "Run again" must not stop what it began.

let last = { at: -DOUBLE_MS, x: 0, y: 0, name: "" }

function swallow(event) {
  const button = event.target.closest("button, a")
  const name = button ? `${button.ariaLabel ?? ""}${button.textContent}` : ""
  const again = event.timeStamp - last.at < DOUBLE_MS && Math.hypot(event.clientX - last.x, event.clientY - last.y) < 8
  if (event.detail && again && button && name !== last.name) {
    event.preventDefault()
    event.stopPropagation()
    return true
  }
  last = { at: event.timeStamp, x: event.clientX, y: event.clientY, name }
  return false
}

// --- A step in the menu is one step in the browser's history ----------------------------------------------------
// What a page adds to its address after it was opened by the menu would be further ones. Streamlit takes a page that
// is reached by the history as it is.

function step(event) {
  const link = event.target.closest(MENU)
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
  const url = new URL(link.href)
  if (url.origin !== location.origin || url.pathname === location.pathname) return
  event.preventDefault()
  event.stopPropagation()
  history.pushState({}, "", url)
  dispatchEvent(new PopStateEvent("popstate"))
}

// --- What is being written, so that its cost can be said before it is sent ----------------------------------------

let told = "" // what the server knows of
let timer = 0

function draft() {
  const box = document.querySelector(`${BOX} textarea`)
  if (!box) return
  const now = JSON.stringify([box.value, ...chips(BOX).map((chip) => [named(chip), state(chip)])])
  clearTimeout(timer)
  if (now === told) return
  timer = setTimeout(() => {
    told = now
    tell("draft", now)
  }, PAUSE_MS)
}

function state(chip) {
  if (chip.getAttribute("aria-invalid") === "true") return "failed"
  return chip.querySelector('[data-testid="stFileChipIconSpinner"]') ? "coming" : "there"
}

// --- An editor that is checked while it is written ---------------------------------------------------------------
// Streamlit hears of a text once its box is left or Ctrl+Enter is pressed; here also whenever the writer pauses.

const LIVE = '[class*="st-key-live_"] textarea'
let pause = 0

function live(box) {
  clearTimeout(pause)
  const press = { key: "Enter", ctrlKey: true, bubbles: true }
  pause = setTimeout(() => box.isConnected && box.dispatchEvent(new KeyboardEvent("keydown", press)), PAUSE_MS)
}

// --- Names by themselves -----------------------------------------------------------------------------------------
// "Run again" stands in every pane: to those who can't see where, it is "Run again, E2B".

const ASKED = '[class*="st-key-asked"]'
const ROWS = ["pane", "head", "machine", "server", "piece", "claim", "choice", "loaded", "running", "kept"]
const GROUP = [ASKED, ...ROWS.map((one) => `[class*="st-key-${one}_"]`)].join(", ")
const KEPT = '[class*="st-key-kept_"]'
const NAMED = 'button, [data-testid="stPageLink-NavLink"]'
// Each has its name once: with ten rounds there are a hundred of them, and the page changes twenty times a second.
const known = new WeakMap() // button -> what its name was made of

function name() {
  const heads = [...document.querySelectorAll(".st-key-heads h2")].map((head) => head.textContent).join("\n")
  const asked = [...document.querySelectorAll(ASKED)]
  const twins = twinsOf(document.querySelectorAll(KEPT))
  for (const button of document.querySelectorAll(`:is(${GROUP}) :is(${NAMED})`)) {
    const words = button.querySelector('[data-testid="stMarkdownContainer"]')?.textContent
    if (!words || (button.ariaLabel && !button.dataset.named)) continue
    const twin = twins.get(button.closest(KEPT)) ?? ""
    const made = `${words}\n${asked.length}\n${heads}${twin}`
    if (button.ariaLabel && known.get(button) === made && button.closest(LAID_OUT)) continue
    known.set(button, made)
    const about = `${subject(button, asked)}${twin}`
    const full = about && about !== words ? `${words}, ${about}` : words
    if (button.ariaLabel === full) continue
    button.ariaLabel = full
    button.dataset.named = "yes"
  }
}

// Comparisons in which the same was asked: the second one's buttons say that they are the second's.
function twinsOf(cards) {
  const before = new Map()
  const said = new Map()
  for (const card of cards) {
    const title = card.querySelector("strong")?.textContent ?? ""
    const count = (before.get(title) ?? 0) + 1
    before.set(title, count)
    if (count > 1) said.set(card, ` (${count})`)
  }
  return said
}

// Whose column it stands in, or what the nearest row or group around it begins with.
function subject(button, asked) {
  const column = button.closest('[class*="st-key-pane_"]')?.className.match(/st-key-pane_(\d+)/)?.[1]
  if (column) return owner(column)
  for (let around = button.parentElement; around; around = around.parentElement) {
    const first = around.querySelector("h1, h2, h3, h4, h5, p:has(> strong:first-child), p:has(> span:first-child strong)")
    if (first && !button.contains(first)) return [...first.childNodes].map(text).join("").split("\n")[0].trim()
    if (around.matches(ASKED)) return `round ${asked.indexOf(around) + 1}`
    if (around.matches(GROUP)) return ""
  }
  return ""
}

function text(node) {
  if (node.nodeName === "BR") return "\n"
  if (node.nodeType === Node.TEXT_NODE) return node.data
  return node.ariaLabel || node.ariaHidden === "true" ? "" : [...node.childNodes].map(text).join("")
}

// --- The box is where one begins ---------------------------------------------------------------------------------
// It stands last on the page, behind everything that the keyboard would have to go through. Not on touch, where a
// keyboard would come up over half of the page. The box may come long after this, and be made anew before anybody did
// anything.

let focused = null
let begun = false // whether anybody did anything yet

function focus() {
  const box = document.querySelector(`${BOX} textarea`)
  if (!box || box === focused || (focused && begun)) return
  focused = box
  if (matchMedia("(pointer: fine)").matches && document.activeElement === document.body) box.focus()
}

function install() {
  for (const kind of ["keydown", "pointerdown"]) document.addEventListener(kind, () => (begun = true), true)
  document.addEventListener("keydown", (event) => {
    const sends = event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.isComposing
    if (sends && event.target.closest(`${BOX} textarea`)) hold(event)
  }, true)
  document.addEventListener("click", (event) => {
    if (swallow(event)) return
    if (event.target.closest(SEND)) hold(event)
    step(event)
  }, true)
  document.addEventListener("change", (event) => {
    if (event.target.closest(`${BOX} input[type=file]`)) expect(event.target.files.length)
    if (event.target.closest('[data-testid="stFileUploader"] input[type=file]')) lost.clear()
  }, true)
  document.addEventListener("drop", (event) => event.target.closest(BOX) && expect(event.dataTransfer.files.length), true)
  document.addEventListener("paste", (event) => event.target.closest(BOX) && expect(event.clipboardData.files.length), true)
  document.addEventListener("input", (event) => event.target.closest(`${BOX} textarea`) && draft(), true)
  // What is told in one moment with a press is one message to Streamlit, which has the part of the page alone run.
  document.addEventListener("pointerdown", draft, true)
  document.addEventListener("input", (event) => event.target.closest(LIVE) && live(event.target), true)
  let waiting = false
  new MutationObserver(() => {
    if (waiting) return
    waiting = true
    requestAnimationFrame(() => ((waiting = false), look()))
  }).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["aria-invalid"] })
  watchUploads()
  installKeys()
}

export default function ({ data, parentElement, setStateValue }) {
  const first = page === null
  page = data
  told = data.draft || JSON.stringify([""])
  tell = setStateValue
  fault = parentElement.querySelector(".said")
  status = parentElement.querySelector(".told")
  expectRound(data.round)
  if (first) install()
  look()
}
