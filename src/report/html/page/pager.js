// The head, the chips and the pages of a grid.

const SIZES = [10, 25, 50, 100, 250];

Grid.prototype.renderHead = function renderHead() {
  const sort = this.state.sort ?? this.order;
  const focused = document.activeElement?.dataset?.sorts;
  const heads = this.columns.filter((column) => column.label).map((column) => {
    const is = sort.replace(/^-/, "") === column.key;
    const down = is && sort.startsWith("-");
    // Numbers are most of interest where they are large.
    const next = is ? (down ? column.key : `-${column.key}`) : column.kind === "number" ? `-${column.key}` : column.key;
    const arrow = el("span", { "aria-hidden": "true", class: "arrow" }, is ? (down ? "▾" : "▴") : "");
    // Beside the label, on the side where it does not move numbers from below their head.
    const label = column.kind === "number" ? [arrow, column.label] : [column.label, arrow];
    const button = el("button", { type: "button", "data-sorts": column.key, click: () => this.go({ ...this.state, sort: next }) }, label);
    return el("th", { scope: "col", class: column.kind === "number" ? "number" : null, "aria-sort": is ? (down ? "descending" : "ascending") : null }, button);
  });
  this.head.replaceChildren(...(this.more ? [el("td", { class: "toggles" })] : []), ...heads);
  if (focused && this.head.parentElement) this.head.querySelector(`[data-sorts="${CSS.escape(focused)}"]`)?.focus();
};

// What only a link can ask for is shown, so that it can be taken away.
Grid.prototype.renderChips = function renderChips() {
  const asked = this.tests.filter((test) => this.state[test.key] !== undefined);
  this.chips.replaceChildren(...asked.map((test) => {
    const { [test.key]: wanted, ...rest } = this.state;
    return el("span", { class: "chip" }, `${test.label}: ${wanted} `, el("button", { type: "button", "aria-label": `Remove ${test.label}`, click: () => this.go(rest) }, "×"));
  }));
  this.chips.hidden = asked.length === 0;
};

Grid.prototype.renderPager = function renderPager() {
  const pages = this.pages();
  const focused = this.pager.contains(document.activeElement) ? document.activeElement.dataset.to : null;
  const button = (text, name, page, isOff) => el("button", { type: "button", "data-to": name, disabled: isOff, click: () => this.turn(page) }, text);
  const size = el("select", { "data-to": "size", change: () => { this.size = Number(size.value); this.page = 0; this.render(); this.write(); } },
    SIZES.map((one) => el("option", { value: one, selected: one === this.size }, String(one))));
  this.pager.replaceChildren(
    button("First", "first", 0, this.page === 0),
    button("Previous", "previous", this.page - 1, this.page === 0),
    el("span", {}, `Page ${grouped.format(Math.min(this.page + 1, Math.max(pages, 1)))} of ${grouped.format(Math.max(pages, 1))}`),
    button("Next", "next", this.page + 1, this.page + 1 >= pages),
    button("Last", "last", pages - 1, this.page + 1 >= pages),
    el("label", {}, "Rows ", size),
  );
  // Paper has no pages to turn: it says which rows of how many it shows.
  const shown = Math.min((this.page + 1) * this.size, this.found.length);
  this.paper.textContent = pages > 1 ? `Rows ${grouped.format(this.page * this.size + 1)}–${grouped.format(shown)} of ${grouped.format(this.found.length)}` : "";
  this.pager.hidden = this.found.length <= SIZES[0];
  if (focused) {
    const again = this.pager.querySelector(`[data-to="${focused}"]:not([disabled])`) ?? this.pager.querySelector("button:not([disabled])");
    again?.focus();
  }
};

Grid.prototype.turn = function turn(page) {
  this.page = page;
  this.open.clear();
  this.render();
  this.write();
};

