// Copies the text that the component was given, and says so for two seconds.

export default function ({ data, parentElement }) {
  const [button, words, said] = ["button", ".words", ".said"].map((one) => parentElement.querySelector(one))
  let timer = 0
  button.ariaLabel = data.name
  button.onclick = async () => {
    words.textContent = said.textContent = (await copy(data.text)) ? "Copied" : "Can't be copied"
    clearTimeout(timer)
    timer = setTimeout(() => ((words.textContent = "Copy"), (said.textContent = "")), 2000)
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
