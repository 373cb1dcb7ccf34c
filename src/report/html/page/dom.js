// Elements. Whatever comes from data becomes a text node or an attribute, never markup.

const el = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
};

const UNKNOWN = "unknown";
const grouped = new Intl.NumberFormat("en-GB");

// A number for people; one that is not known is no zero.
const figure = (number) => (number === null ? UNKNOWN : grouped.format(number));

// A share in percent, not rounded up to the whole; null where there is nothing to take it of.
const share = (part, whole) => (part === null || !whole ? null : (100 * part) / whole);
const percent = (value) => (value === null ? UNKNOWN : value < 100 ? `${(Math.floor(value * 10) / 10).toFixed(1)} %` : "100 %");

// The sum of what is known; null where nothing is.
const plus = (one, other) => (one === null ? other : other === null ? one : one + other);

const day = (instant) => (instant === null ? UNKNOWN : instant.slice(0, 10));
const moment = (instant) => (instant === null ? UNKNOWN : `${instant.slice(0, 10)} ${instant.slice(11, 19)} UTC`);

// The address of a part of the page in a state.
const address = (key, state) => {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(state)) if (value !== "" && value !== null && value !== undefined) parameters.set(name, value);
  const text = parameters.toString();
  return text === "" ? `#${key}` : `#${key}?${text}`;
};

const addressed = (hash) => {
  const [key, text = ""] = hash.replace(/^#/, "").split(/\?(.*)/s);
  return { key, state: Object.fromEntries(new URLSearchParams(text)) };
};

const link = (text, key, state, attributes = {}) => el("a", { href: address(key, state), ...attributes }, text);

const severityMark = (severity) => el("span", { class: `severity ${/^[a-z]+$/.test(severity ?? "") ? severity : ""}` }, severity ?? UNKNOWN);

// Name and id of an account, one above the other.
const accountOf = (name, id) => [name ?? "", el("br"), el("span", { class: "quiet" }, id ?? UNKNOWN)];

