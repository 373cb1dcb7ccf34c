// The start: the theme, then the small tables, then the findings, and their evidence once it is asked for.

const THEMES = ["auto", "light", "dark"];

const chooseTheme = () => {
  const page = document.documentElement;
  const remembered = () => { try { return localStorage.getItem("sagesweep-theme"); } catch { return null; } };
  const choose = (theme) => {
    if (theme === "auto") delete page.dataset.theme;
    else page.dataset.theme = theme;
    button.textContent = `Theme: ${theme}`;
    try { localStorage.setItem("sagesweep-theme", theme); } catch { /* It is forgotten with the page. */ }
  };
  const next = () => THEMES[(THEMES.indexOf(page.dataset.theme ?? "auto") + 1) % THEMES.length];
  const button = el("button", { type: "button", id: "theme", click: () => choose(next()) });
  document.getElementById("tools").append(button, el("button", { type: "button", click: () => print() }, "Print"));
  choose(THEMES.includes(remembered()) ? remembered() : "auto");
};

// Shows what the address names. The browser itself finds sections only as they were before the tables were there.
const follow = () => {
  const { key, state } = addressed(location.hash);
  if (key === "") return;
  const grid = grids.get(key);
  const place = document.getElementById(key);
  if (grid !== undefined && location.hash.includes("?")) {
    grid.apply(state);
    if (state.finding !== undefined) grid.body?.querySelector(".toggle")?.click();
  }
  place?.scrollIntoView();
  const head = place?.querySelector("h2, h3, caption");
  if (head) {
    head.tabIndex = -1;
    head.focus({ preventScroll: true });
  }
};

// On paper, what is folded is opened.
const unfoldToPrint = () => {
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const one of folded) one.open = true;
  });
  addEventListener("afterprint", () => { for (const one of folded) one.open = false; });
};

const evidenceReader = () => {
  let unpacked = null;
  return async (row) => {
    try {
      unpacked ??= unpack("evidence-packed").then((raw) => new Table(raw));
      const json = (await unpacked).text("evidence_json", row);
      return json === null ? "none is kept" : JSON.stringify(JSON.parse(json), null, 2);
    } catch (error) {
      return `cannot be read: ${error}`;
    }
  };
};

const start = async () => {
  chooseTheme();
  unfoldToPrint();
  const trouble = document.getElementById("trouble");
  try {
    const tables = Object.fromEntries(Object.entries(await unpack("tables-packed")).map(([name, raw]) => [name, new Table(raw)]));
    showTables(tables);
    new Places(tables.places);
    showHeat(tables.heat);
    showFindings(new Table(await unpack("findings-packed")), tables, evidenceReader());
    addEventListener("hashchange", follow);
    follow();
    performance.mark("ready");
    document.documentElement.dataset.state = "ready";
  } catch (error) {
    document.documentElement.dataset.state = "failed";
    trouble.hidden = false;
    trouble.textContent = `The tables of this page cannot be opened here (${error}). What stands below is whole, but for the parts that sort, filter and page; a current browser shows all of it.`;
  }
};

start();
