// The picture of a recording, and a line over it where the player beside it is. A click moves the player there.

export default function ({ data, parentElement }) {
  const [picture, image, line] = [".picture", "img", ".at"].map((one) => parentElement.querySelector(one))
  image.src = data.picture
  image.alt = data.name
  const host = parentElement.getRootNode().host ?? parentElement
  const player = () => host.closest('[role="dialog"]')?.querySelector("audio")
  let frame = 0

  function draw() {
    const audio = player()
    if (audio && (audio.currentTime || !audio.paused)) {
      line.hidden = false
      line.style.left = `${Math.min(100, (100 * audio.currentTime) / data.seconds)}%`
    }
    frame = requestAnimationFrame(draw)
  }

  picture.onclick = (event) => {
    const audio = player()
    const box = picture.getBoundingClientRect()
    if (audio) audio.currentTime = ((event.clientX - box.left) / box.width) * data.seconds
  }
  draw()
  return () => cancelAnimationFrame(frame)
}
