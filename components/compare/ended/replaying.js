// Plays recorded answers by the browser's own clock. All text is set as text: what models wrote never becomes an element.

export default function ({ data, parentElement }) {
  if (parentElement.played === data.of) return // drawn already; a rerun of the page changes nothing
  parentElement.played = data.of
  const bar = parentElement.querySelector(".bar")
  const player = new Player(data, bar, parentElement.querySelector(".panes"))
  bar.scrollIntoView({ block: "center" }) // it opens below the answers
  player.play()
  return () => {
    player.pause()
    parentElement.played = null
  }
}

class Player {
  constructor(data, bar, panes) {
    this.seconds = data.seconds
    this.at = 0 // the moment that is shown, in recorded seconds
    this.speed = data.speeds[0]
    this.frame = 0
    bar.replaceChildren()
    this.playing = button("Pause", () => (this.frame ? this.pause() : this.play()))
    this.playing.className = "play"
    const again = button("From the start", () => (this.seek(0), this.play()))
    again.className = "again"
    const speeds = element("span", "speeds")
    speeds.setAttribute("role", "group")
    speeds.ariaLabel = "Speed"
    for (const speed of data.speeds) {
      const one = button(`×${speed}`, () => {
        this.speed = speed
        for (const other of speeds.children) other.ariaPressed = String(other === one)
        if (this.frame) this.play()
      })
      one.ariaPressed = String(speed === this.speed)
      speeds.append(one)
    }
    this.line = element("input", "line")
    Object.assign(this.line, { type: "range", min: 0, max: data.seconds, step: "any", value: 0, ariaLabel: "Time line" })
    this.line.oninput = () => (this.pause(), this.seek(Number(this.line.value)))
    this.clock = element("span", "clock")
    bar.append(this.playing, again, speeds, this.line, this.clock)
    this.panes = data.tracks.map((track) => new Pane(track))
    panes.replaceChildren(...this.panes.map((pane) => pane.box))
    this.draw()
  }

  play() {
    cancelAnimationFrame(this.frame)
    if (this.at >= this.seconds) this.seek(0)
    const [from, began] = [this.at, performance.now()]
    const step = () => {
      this.at = Math.min(this.seconds, from + ((performance.now() - began) / 1000) * this.speed)
      this.draw()
      if (this.at >= this.seconds) return this.pause()
      this.frame = requestAnimationFrame(step)
    }
    this.frame = requestAnimationFrame(step)
    this.playing.textContent = "Pause"
  }

  pause() {
    cancelAnimationFrame(this.frame)
    this.frame = 0
    this.playing.textContent = "Play"
  }

  seek(moment) {
    this.at = moment
    this.draw()
  }

  draw() {
    this.line.value = this.at
    this.line.ariaValueText = `${this.at.toFixed(1)} seconds`
    this.clock.textContent = `${this.at.toFixed(1)} / ${this.seconds.toFixed(1)} s`
    for (const pane of this.panes) pane.draw(this.at)
  }
}

class Pane {
  constructor(track) {
    this.track = track
    this.count = -1 // pieces that are shown
    this.box = element("section", "pane")
    this.box.ariaLabel = track.label
    const head = element("div", "head")
    head.textContent = track.label
    head.style.color = track.colour
    this.state = element("div", "state")
    this.said = { thinking: element("div", "thought"), answer: element("div", "answer"), tool_call: element("pre", "call") }
    for (const one of Object.values(this.said)) one.dir = "auto"
    this.box.append(head, this.said.thinking, this.said.answer, this.said.tool_call, this.state)
  }

  draw(moment) {
    const { pieces, end, state, reason } = this.track
    let count = bisect(pieces, moment)
    if (moment >= end) count = pieces.length
    if (count !== this.count) {
      const fresh = count > this.count && this.count >= 0 ? this.count : 0
      if (!fresh) for (const one of Object.values(this.said)) one.textContent = ""
      for (const [, channel, text] of pieces.slice(fresh, count)) this.said[channel].append(text)
      this.count = count
    }
    const last = count ? pieces[count - 1][1] : ""
    const doing = last === "thinking" ? "Thinking" : last ? "Answering" : "Reading the prompt"
    const words = moment >= end ? (end ? `${state}, ${end.toFixed(2)} s` : `${state}. ${reason}`) : `${doing} · ${moment.toFixed(1)} s`
    if (this.state.textContent !== words) this.state.textContent = words
    this.box.classList.toggle("over", moment >= end)
  }
}

function bisect(pieces, moment) {
  let [low, high] = [0, pieces.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (pieces[middle][0] <= moment) low = middle + 1
    else high = middle
  }
  return low
}

function element(kind, name) {
  const made = document.createElement(kind)
  made.className = name
  return made
}

function button(words, act) {
  const made = document.createElement("button")
  made.type = "button"
  made.textContent = words
  made.onclick = act
  return made
}
