// From organizational units to accounts to regions: one level at a time, each with an address of its own.

const COUNTS = ["cells_counted", "cells_complete", "resources", "passed", "failed", "failed_critical", "failed_high", "unknown", "excepted"];

// Sums of rows, in which what was never seen stays unknown.
const summed = (places, rows) => {
  const total = Object.fromEntries(COUNTS.map((name) => [name, null]));
  for (const row of rows) for (const name of COUNTS) total[name] = plus(total[name], places.value(name, row));
  return total;
};

const unitOf = (path) => path || "/";
const below = (unit, path) => unit === "/" || path === unit || path.startsWith(`${unit}/`);

class Places {
  constructor(places) {
    this.places = places;
    this.root = document.getElementById("places-grid");
    this.rows = [...Array(places.rows).keys()];
    this.crumbs = el("nav", { class: "crumbs", "aria-label": "Where you are" });
    this.table = el("div");
    this.root.replaceChildren(this.crumbs, this.table);
    grids.set("places", this);
    this.apply({});
  }

  apply({ unit = "/", account, ...state }) {
    const { places } = this;
    const base = account === undefined ? (unit === "/" ? {} : { unit }) : { account };
    if (account !== undefined) unit = unitOf(places.text("ou_path", this.rows.find((row) => places.text("account_id", row) === account) ?? -1));
    const items = account === undefined ? this.ofUnit(unit) : this.ofAccount(account);
    this.renderCrumbs(unit, account);
    this.show(items, base).apply(state);
    grids.set("places", this);
  }

  renderCrumbs(unit, account) {
    const parts = unit.split("/").filter(Boolean);
    const steps = [["Organization", {}], ...parts.map((name, depth) => [name, { unit: `/${parts.slice(0, depth + 1).join("/")}` }])];
    if (account !== undefined) steps.push([this.nameOf(account), { account }]);
    this.crumbs.replaceChildren(el("ol", {}, steps.map(([name, state], at) => el("li", {}, link(name, "places", state, at + 1 === steps.length ? { "aria-current": "location" } : {})))));
  }

  nameOf(account) {
    const row = this.rows.find((one) => this.places.text("account_id", one) === account);
    return row === undefined ? account : `${this.places.text("account_name", row)} ${account}`;
  }

  // The units and accounts right below a unit.
  ofUnit(unit) {
    const groups = new Map();
    for (const row of this.rows) {
      const path = unitOf(this.places.text("ou_path", row));
      if (!below(unit, path)) continue;
      const rest = path === unit ? "" : path.slice(unit === "/" ? 1 : unit.length + 1).split("/")[0];
      const [kind, id] = rest === "" ? ["account", this.places.text("account_id", row)] : ["unit", `${unit === "/" ? "" : unit}/${rest}`];
      const key = `${kind} ${id}`;
      if (!groups.has(key)) groups.set(key, { kind, id, rows: [] });
      groups.get(key).rows.push(row);
    }
    return [...groups.values()].map(({ kind, id, rows }) => ({
      kind, rows,
      name: kind === "unit" ? id.split("/").at(-1) : this.places.text("account_name", rows[0]),
      id: kind === "unit" ? id : this.places.text("account_id", rows[0]),
      to: kind === "unit" ? ["places", { unit: id }] : ["places", { account: id }],
      findings: kind === "unit" ? { unit: id } : { account: id },
      ...summed(this.places, rows),
    }));
  }

  ofAccount(account) {
    return this.rows.filter((row) => this.places.text("account_id", row) === account).map((row) => {
      const region = this.places.text("region", row);
      return { kind: "region", rows: [row], name: region, id: region, to: null, findings: { account, region }, ...summed(this.places, [row]) };
    });
  }

  show(items, base) {
    const value = (name) => (row) => items[row][name];
    const number = (key, label, of = value(key)) => ({ key, label, kind: "number", value: of });
    return new Grid({
      root: this.table, key: "places", label: "Units, accounts and regions", rows: items.length, base, order: "score", empty: "There is no such place in this run.",
      columns: [
        { key: "name", label: "Name", kind: "text", text: value("name"), cell: (row) => {
          const { to, name, id, kind } = items[row];
          return [to === null ? name : link(name, ...to), el("span", { class: "quiet" }, kind === "account" ? ` ${id}` : ` ${kind}`)];
        } },
        { key: "id", kind: "text", text: value("id") },
        { key: "coverage", label: "Coverage", kind: "number", value: (row) => share(items[row].cells_complete, items[row].cells_counted), cell: (row) => percent(share(items[row].cells_complete, items[row].cells_counted)) },
        { key: "score", label: "Score", kind: "number", value: (row) => share(items[row].passed, plus(items[row].passed, items[row].failed)), cell: (row) => percent(share(items[row].passed, plus(items[row].passed, items[row].failed))) },
        number("judged", "of judged", (row) => plus(items[row].passed, items[row].failed)),
        { key: "failed", label: "Fail", kind: "number", value: value("failed"), cell: (row) => (items[row].failed ? link(figure(items[row].failed), "findings", items[row].findings) : figure(items[row].failed)) },
        number("failed_critical", "Critical"), number("failed_high", "High"), number("unknown", "Unknown"), number("excepted", "Excepted"), number("resources", "Resources"),
      ],
    });
  }
}

