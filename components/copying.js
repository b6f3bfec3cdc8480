// Copies the text that the component was given, and says so for two seconds; the page's status region (keys.js) too.

export default function ({ data, parentElement }) {
  const [button, words] = ["button", ".words"].map((one) => parentElement.querySelector(one))
  let timer = 0
  button.ariaLabel = data.name
  words.textContent = data.label
  button.onclick = async () => {
    words.textContent = (await copy(data.text)) ? "Copied" : "Can't be copied"
    document.dispatchEvent(new CustomEvent("playground:say", { detail: words.textContent }))
    clearTimeout(timer)
    timer = setTimeout(() => (words.textContent = data.label), 2000)
  }
}

async function copy(text) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text)
      return true
    } catch {
      // not allowed here: the old way may be
    }
  }
  // A page that was not reached by https has no clipboard of its own.
  const field = document.createElement("textarea")
  field.value = text
  field.style.position = "fixed"
  document.body.append(field)
  field.select()
  const done = document.execCommand("copy")
  field.remove()
  return done
}
