// What mends a finding, with the names of its resource filled in.

const WAYS = [["console", "In the console"], ["cli", "With the AWS CLI"], ["python", "With the SDK for Python"], ["code", "As code"]];

// A name that a shell would obey is not put into a command.
const HARMLESS = /^[A-Za-z0-9\-_./:+=@]+$/;

const filled = (text, names) => Object.entries(names).reduce((done, [name, value]) => done.split(`{${name}}`).join(value), text);

const copied = (text, code) => {
  const button = el("button", {
    type: "button",
    click: async () => {
      try {
        await navigator.clipboard.writeText(text);
        button.textContent = "Copied";
      } catch {
        // Where the clipboard is out of reach, the text is at least marked.
        getSelection().selectAllChildren(code);
        button.textContent = "Marked: copy it";
      }
      setTimeout(() => (button.textContent = "Copy"), 2000);
    },
  }, "Copy");
  return button;
};

const remediation = (checks, check, names) => {
  if (check === undefined) return [el("p", { class: "quiet" }, "The run told nothing of this check.")];
  const isHarmless = Object.values(names).every((value) => HARMLESS.test(value));
  const fill = (text) => (isHarmless ? filled(text, names) : text);
  const parts = [el("h4", {}, "What mends it"), el("p", {}, fill(checks.text("remediation", check) ?? ""))];
  if (!isHarmless) parts.push(el("p", { class: "quiet" }, "The names of this resource hold characters that a shell could obey, so they are not filled in."));
  for (const [way, label] of WAYS) {
    const text = checks.text(way, check);
    if (text === null) continue;
    const code = el("code", {}, fill(text));
    parts.push(el("details", {}, el("summary", {}, label), el("div", { class: "way" }, copied(fill(text), code), el("pre", { tabindex: "0" }, code))));
  }
  return parts;
};

