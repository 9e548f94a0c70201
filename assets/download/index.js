// Buttons that save a file: fetched with a proof in a header, which a plain link cannot send.
const SAID = 2500; // ms that a button says what happened
const SHOWN = new WeakMap(); // mount point -> what is there

// Streamlit calls this on mount and again whenever the data changes.
export default function download({ parentElement, data, setTriggerValue }) {
  const before = SHOWN.get(parentElement);
  const shown = before ?? { root: parentElement.appendChild(document.createElement("div")) };
  SHOWN.set(parentElement, shown);
  shown.renew = (name) => setTriggerValue("renew", name);
  shown.files = data.files;
  const names = JSON.stringify(data.files.map(({ name, label }) => [name, label]));
  if (shown.names !== names) {
    shown.names = names;
    shown.root.className = "downloads";
    shown.root.replaceChildren(...data.files.map((file) => button(shown, file.name)));
  }
  const waiting = shown.waiting;
  shown.waiting = null;
  if (waiting && data.renewed === waiting.name) save(shown, waiting.name, waiting.element, true);
  shown.root.dataset.ready = "true";
}

function button(shown, name) {
  const { label } = fileOf(shown, name);
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = label;
  element.title = name;
  element.dataset.name = name;
  element.addEventListener("click", () => save(shown, name, element, false));
  return element;
}

function fileOf(shown, name) {
  return shown.files.find((file) => file.name === name);
}

// Fetches a file and hands it to the browser; a proof that ran out is asked for anew, once.
async function save(shown, name, element, again) {
  const { url, token, label } = fileOf(shown, name);
  element.disabled = true;
  element.textContent = "Fetching";
  const told = await attempt(url, token, name);
  if (told === 401 && !again) {
    shown.waiting = { name, element };
    shown.renew(name);
    return;
  }
  element.textContent = told === 200 ? "Saved" : refusal(told);
  element.dataset.state = told === 200 ? "saved" : "failed";
  setTimeout(() => {
    element.disabled = false;
    element.textContent = label;
  }, SAID);
}

async function attempt(url, token, name) {
  try {
    const answer = await fetch(url, { headers: { "X-Atlas-Token": token } });
    if (answer.ok) keep(await answer.blob(), name);
    return answer.status;
  } catch {
    return 0;
  }
}

function keep(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function refusal(status) {
  if (status === 0) return "The server does not answer";
  return status === 413 ? "Too large for a browser" : `Refused (${status}); reload the page`;
}
