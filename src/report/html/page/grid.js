// A table that is searched, narrowed, sorted and paged. Its rows are numbers: what a cell shows is asked when it is shown.
//
//   key       its name in the address of the page
//   rows      how many there are
//   columns   {key, label, kind: "text" | "number", codes | text(row) | value(row), cell(row), search}
//   facets    {key, label, codes, accepts(text, wanted)}: lists to choose from
//   tests     {key, label, of(wanted) → (row) → boolean}: what only links ask for
//   more      (row) → nodes, what a row opens to; named(row) is what it is called

const grids = new Map();

class Grid {
  constructor({ root, key, label, rows, columns, facets = [], tests = [], more = null, named = (row) => `row ${row + 1}`, order = "", size = 25, base = {}, empty = "There is nothing." }) {
    Object.assign(this, { root, key, label, rows, columns, facets, tests, more, named, order, size, base, empty });
    for (const column of columns) if (column.kind !== "number" && !column.codes) column.codes = coded(rows, column.text);
    this.state = {};
    this.page = 0;
    this.open = new Set();
    grids.set(key, this);
    this.build();
    this.apply({});
  }

  build() {
    this.root.replaceChildren();
    this.status = el("p", { role: "status", class: "count" });
    if (this.rows === 0) {
      this.root.append(el("p", { class: "quiet" }, this.empty));
      return;
    }
    this.controls = new Map();
    const form = el("form", { class: "controls", role: "search", "aria-label": this.label, submit: (event) => event.preventDefault() });
    const search = el("input", { type: "search", autocomplete: "off", spellcheck: "false", input: () => this.later() });
    this.controls.set("q", search);
    form.append(el("label", {}, el("span", {}, "Search"), search));
    for (const facet of this.facets) {
      const select = el("select", { change: () => this.changed() }, el("option", { value: "" }, "all"), this.options(facet));
      this.controls.set(facet.key, select);
      form.append(el("label", {}, el("span", {}, facet.label), select));
    }
    form.append(el("button", { type: "button", class: "reset", click: () => this.go({}) }, "Reset"));
    this.chips = el("p", { class: "chips" });
    this.head = el("tr");
    this.body = el("tbody");
    const table = el("table", {}, el("caption", { class: "unseen-text" }, this.label), el("thead", {}, this.head), this.body);
    this.pager = el("nav", { class: "pager", "aria-label": `Pages of ${this.label}` });
    const scroll = el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": this.label }, table);
    this.paper = el("p", { class: "paper" });
    this.root.append(form, this.chips, this.status, scroll, this.paper, this.pager);
  }

  options(facet) {
    const { of, at } = facet.codes;
    const counts = new Uint32Array(of.length);
    for (let row = 0; row < this.rows; row += 1) counts[at[row]] += 1;
    const offered = facet.values?.(of, counts) ?? [...of.keys()].filter((number) => of[number] !== null).map((number) => [of[number], counts[number]]);
    if (!facet.values) offered.sort(([one], [other]) => (facet.compare ? facet.compare(one, other) : one < other ? -1 : 1));
    return offered.map(([text, count, name = text]) => el("option", { value: text }, `${name} (${grouped.format(count)})`));
  }

  // Typing is answered when it pauses.
  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.changed(), 150);
  }

  changed() {
    const state = {};
    for (const [key, control] of this.controls) if (control.value !== "") state[key] = control.value;
    for (const test of this.tests) if (this.state[test.key] !== undefined) state[test.key] = this.state[test.key];
    if (this.state.sort !== undefined) state.sort = this.state.sort;
    this.go(state);
  }

  // Takes a state that the user made, and writes it into the address.
  go(state) {
    this.apply(state);
    this.write();
  }

  write() {
    const page = this.page > 0 ? { page: this.page + 1 } : {};
    try {
      history.replaceState(null, "", address(this.key, { ...this.base, ...this.state, ...page }));
    } catch {
      // Where the address cannot be written there are no links to a state.
    }
  }

  apply({ page, ...state }) {
    for (const name of Object.keys(this.base)) delete state[name];
    this.state = state;
    if (this.rows === 0) return;
    for (const [key, control] of this.controls) {
      control.value = state[key] ?? "";
      // A value of which there is no row is still what was asked for.
      if (control.value !== (state[key] ?? "")) {
        control.append(el("option", { value: state[key] }, `${state[key]} (0)`));
        control.value = state[key];
      }
    }
    this.open.clear();
    this.select();
    this.sort();
    this.page = Math.min(Math.max((Number.parseInt(page, 10) || 1) - 1, 0), Math.max(this.pages() - 1, 0));
    this.render();
  }

  pages() {
    return Math.ceil(this.found.length / this.size);
  }

  // The rows that are asked for.
  select() {
    const conditions = [];
    for (const facet of this.facets) {
      const wanted = this.state[facet.key];
      if (wanted === undefined) continue;
      const { of, at } = facet.codes;
      const accepts = facet.accepts ?? ((text) => text === wanted);
      const accepted = Uint8Array.from(of, (text) => (text !== null && accepts(text, wanted) ? 1 : 0));
      conditions.push((row) => accepted[at[row]] === 1);
    }
    for (const test of this.tests) if (this.state[test.key] !== undefined) conditions.push(test.of(this.state[test.key]));
    const searched = this.columns.filter((column) => column.codes && column.search !== false);
    for (const word of (this.state.q ?? "").toLowerCase().split(/\s+/).filter(Boolean)) {
      const matches = searched.map(({ codes: { of, at } }) => [Uint8Array.from(of, (text) => (text?.toLowerCase().includes(word) ? 1 : 0)), at]);
      conditions.push((row) => matches.some(([accepted, at]) => accepted[at[row]] === 1));
    }
    const found = new Uint32Array(this.rows);
    let count = 0;
    for (let row = 0; row < this.rows; row += 1) if (conditions.every((holds) => holds(row))) found[count++] = row;
    this.found = found.subarray(0, count);
  }

  sort() {
    const sort = this.state.sort ?? this.order;
    if (sort === "") return;
    const down = sort.startsWith("-");
    const column = this.columns.find((one) => one.key === sort.replace(/^-/, ""));
    if (!column) return;
    let valueOf = column.value;
    if (column.codes && !column.value) {
      column.rank ??= ranks(column.codes);
      const { rank, codes } = column;
      valueOf = (row) => rank[codes.at[row]];
    }
    const values = new Float64Array(this.rows);
    for (const row of this.found) values[row] = valueOf(row) ?? Number.NaN;
    const sign = down ? -1 : 1;
    this.found = this.found.slice().sort((one, other) => {
      const [a, b] = [values[one], values[other]];
      // What is not known comes last, whichever way.
      if (a !== a || b !== b) return (a !== a) - (b !== b) || one - other;
      return sign * (a - b) || one - other;
    });
  }

  render() {
    this.renderHead();
    this.renderChips();
    const count = this.found.length;
    this.status.textContent = count === this.rows ? `${grouped.format(count)} rows` : `${grouped.format(count)} of ${grouped.format(this.rows)} rows`;
    this.rowsOfPage().forEach((rows, at) => (at === 0 ? this.body.replaceChildren(...rows) : this.body.append(...rows)));
    if (count === 0) this.body.replaceChildren(el("tr", {}, el("td", { colspan: this.span() }, "Nothing matches. Reset shows everything again.")));
    this.renderPager();
  }

  span() {
    return this.columns.filter((column) => column.label).length + (this.more ? 1 : 0);
  }

  rowsOfPage() {
    const rows = [...this.found.subarray(this.page * this.size, (this.page + 1) * this.size)];
    return rows.map((row) => {
      const cells = this.columns.filter((column) => column.label).map((column, at) => this.cell(column, row, at === 0));
      if (!this.more) return [el("tr", {}, cells)];
      const id = `${this.key}-${row}`;
      const isOpen = this.open.has(row);
      const toggle = el("button", { type: "button", class: "toggle", "aria-expanded": isOpen, "aria-controls": id, "aria-label": `Details of ${this.named(row)}`, click: () => this.toggle(row, toggle, opened) });
      const opened = el("tr", { id, class: "more", hidden: !isOpen }, el("td", { colspan: this.span() }, isOpen ? this.more(row) : ""));
      return [el("tr", {}, el("td", { class: "toggles" }, toggle), cells), opened];
    });
  }

  cell(column, row, isFirst) {
    const content = column.cell ? column.cell(row) : column.value ? figure(column.value(row)) : column.codes.of[column.codes.at[row]] ?? "";
    const name = isFirst ? "th" : "td";
    const nodes = [content].flat();
    return el(name, { class: column.kind === "number" ? "number" : column.class ?? null, scope: isFirst ? "row" : null }, nodes);
  }

  toggle(row, button, opened) {
    const isOpen = !this.open.has(row);
    if (isOpen) this.open.add(row);
    else this.open.delete(row);
    if (isOpen) opened.firstChild.replaceChildren(...[this.more(row)].flat());
    opened.hidden = !isOpen;
    button.setAttribute("aria-expanded", String(isOpen));
  }
}

