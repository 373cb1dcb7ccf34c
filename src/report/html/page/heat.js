// Accounts by control: the share that passed, as a number and as a shade.

const shade = (value) => (value < 50 ? "h0" : value < 75 ? "h1" : value < 90 ? "h2" : value < 100 ? "h3" : "h4");

const showHeat = (heat) => {
  const controls = heat.codes("control").of.filter((control) => control !== null).sort();
  const accounts = new Map();
  for (let row = 0; row < heat.rows; row += 1) {
    const id = heat.text("account_id", row);
    if (!accounts.has(id)) accounts.set(id, { id, name: heat.text("account_name", row), unit: heat.text("ou_path", row), cells: new Map(), passed: null, failed: null });
    const account = accounts.get(id);
    const [passed, failed] = [heat.value("passed", row), heat.value("failed", row)];
    account.cells.set(heat.text("control", row), { passed, failed, counted: heat.value("cells_counted", row), seen: heat.value("cells_seen", row) });
    [account.passed, account.failed] = [plus(account.passed, passed), plus(account.failed, failed)];
  }
  const rows = [...accounts.values()];
  const scoreOf = ({ passed, failed }) => share(passed, plus(passed, failed));
  const mark = (row, control) => {
    const { id, name, cells } = rows[row];
    const cell = control === null ? rows[row] : cells.get(control);
    const score = cell === undefined ? null : scoreOf(cell);
    if (score !== null) {
      const told = `${name}, ${control ?? "all controls"}: ${percent(score)} passed of ${figure(cell.passed + cell.failed)} judged, ${figure(cell.failed)} fail`;
      return link(percent(score), "findings", { account: id, control }, { class: `heat ${shade(score)}`, "aria-label": told, title: told });
    }
    const isUnseen = control === null ? [...cells.values()].some((one) => one.counted > 0 && one.seen === 0) : cell !== undefined && cell.counted > 0 && cell.seen === 0;
    return isUnseen
      ? el("span", { class: "heat unseen", title: `${name}: nothing of it could be seen` }, UNKNOWN)
      : el("span", { class: "heat none", title: `${name}: there is nothing to judge` }, "–");
  };
  const column = (key, label, control) => ({
    key, label, kind: "number",
    value: (row) => { const cell = control === null ? rows[row] : rows[row].cells.get(control); return cell === undefined ? null : scoreOf(cell); },
    cell: (row) => mark(row, control),
  });
  return new Grid({
    root: document.getElementById("heat-grid"), key: "heat", label: "Accounts by control", rows: rows.length, order: "all",
    empty: "No account is in scope.",
    columns: [
      { key: "account", label: "Account", kind: "text", text: (row) => rows[row].name ?? "", cell: (row) => [link(rows[row].name ?? rows[row].id, "places", { account: rows[row].id }), el("br"), el("span", { class: "quiet" }, rows[row].id)] },
      { key: "id", kind: "text", text: (row) => rows[row].id },
      { key: "unit", kind: "text", text: (row) => rows[row].unit },
      column("all", "All", null),
      ...controls.map((control) => column(control.replaceAll(" ", "-"), control, control)),
    ],
    facets: [unitFacet(coded(rows.length, (row) => rows[row].unit))],
  });
};

