// The failing findings: hundreds of thousands of rows, of which a page is shown.

const SEVERITIES = ["critical", "high", "medium", "low", "informational"];
// The columns of sources, by their kind in the table of origins; of any other kind is what made the resource.
const SOURCES = { ROLE: "role_arn", OWNER: "owner", PROJECT: "project", DOMAIN: "domain_arn", USER_PROFILE: "user_profile_arn" };
// What a link to the findings of a source asks for.
const cameFrom = (kind, source) => ({ from: `${kind ?? ""} ${source}` });
const bySeverity = (one, other) => SEVERITIES.indexOf(one) - SEVERITIES.indexOf(other);

// The row of each check, by its id.
const rowsOf = (checks) => new Map([...Array(checks.rows).keys()].map((row) => [checks.text("check_id", row), row]));

// Units with those below them, as paths of a list.
const unitFacet = (codes) => ({
  key: "unit", label: "Unit", codes,
  accepts: (path, wanted) => wanted === "/" || path === wanted || path.startsWith(`${wanted}/`),
  values: (of, counts) => {
    const totals = new Map();
    of.forEach((path, number) => {
      if (path === null) return;
      const parts = path.split("/").filter(Boolean);
      for (let depth = 1; depth <= parts.length; depth += 1) {
        const unit = `/${parts.slice(0, depth).join("/")}`;
        totals.set(unit, (totals.get(unit) ?? 0) + counts[number]);
      }
    });
    return [...totals].sort(([one], [other]) => (one < other ? -1 : 1));
  },
});

// Accounts by their ids, which are chosen by name.
const accountFacet = (table) => {
  const codes = table.codes("account_id");
  const names = new Map();
  for (let row = 0; row < table.rows; row += 1) if (!names.has(codes.at[row])) names.set(codes.at[row], table.text("account_name", row));
  const named = (number) => [codes.of[number], names.get(number) ?? ""];
  return {
    key: "account", label: "Account", codes,
    values: (of, counts) => [...names.keys()].map((number) => [of[number], counts[number], named(number).reverse().join(" ")])
      .sort(([, , one], [, , other]) => (one < other ? -1 : 1)),
  };
};

const times = (findings, severity, sla) => coded(findings.rows, (row) => {
  if (findings.text("exception_id", row) !== null) return "under an exception";
  const [open, most] = [findings.value("open_days", row), sla.get(severity.of[severity.at[row]]) ?? null];
  if (open === null) return "unknown since when";
  if (most === null) return "no time set";
  return open > most ? "past its time" : "within its time";
});

const showFindings = (findings, { checks, severities }, evidenceOf) => {
  const known = rowsOf(checks);
  const check = findings.codes("check_id");
  const ofCheck = (name) => derived(check, (id) => (known.has(id) ? checks.text(name, known.get(id)) : null));
  const [severity, control, title] = ["severity", "control", "title"].map(ofCheck);
  const sla = new Map([...Array(severities.rows).keys()].map((row) => [severities.text("severity", row), severities.value("sla_days", row)]));
  const time = times(findings, severity, sla);
  const arn = (row) => findings.text("arn_head", row) + (findings.value("is_named", row) ? findings.text("resource_name", row) : "");
  const text = (name) => (row) => findings.text(name, row);
  const codes = (name) => findings.codes(name);
  const sortable = (of) => Float64Array.from(of.of, (one) => (one === null ? Number.NaN : SEVERITIES.indexOf(one)));
  const rankOfSeverity = sortable(severity);

  const more = (row) => {
    const names = { name: text("resource_name")(row), arn: arn(row), region: text("region")(row), account: text("account_id")(row) };
    const at = known.get(text("check_id")(row));
    const evidence = el("pre", { tabindex: "0" }, el("code", {}, "…"));
    evidenceOf(row).then((found) => (evidence.firstChild.textContent = found));
    const origin = text("origin")(row);
    const facts = [
      ["Resource", el("code", {}, arn(row))],
      ["Type", text("resource_type")(row)],
      ["Created", moment(text("resource_created_at")(row))],
      ["Owner", text("owner")(row) ?? "none is known"],
      ["Made by", origin === null ? "unknown" : link(`${text("origin_kind")(row) ?? ""} ${origin}`, "findings", cameFrom(text("origin_kind")(row), origin))],
      ["Role", text("role_arn")(row) === null ? "none is known" : link(text("role_arn")(row), "findings", cameFrom("ROLE", text("role_arn")(row)))],
      ["Unit", text("ou_path")(row) ?? UNKNOWN],
      ["Reason", el("code", {}, text("reason_code")(row))],
      ["Fails since", `${moment(text("first_failed_at")(row))} (${text("standing")(row)}, ${time.of[time.at[row]]})`],
      ["Exception", text("exception_id")(row) === null ? "none" : `${text("exception_id")(row)}, until ${text("exception_expires_on")(row) ?? UNKNOWN}`],
      ["Observed", moment(text("observed_at")(row))],
    ];
    return [
      el("h3", {}, title.of[title.at[row]] ?? text("check_id")(row)),
      el("dl", { class: "facts" }, facts.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])),
      el("h4", {}, "Evidence"), evidence,
      at === undefined ? null : el("h4", {}, "Why it matters"),
      at === undefined ? null : el("p", {}, checks.text("rationale", at) ?? ""),
      ...remediation(checks, at, names),
      el("p", { class: "quiet" }, link("Link to this finding", "findings", { finding: `${text("check_id")(row)} ${arn(row)}` }), " · ",
        link("All of this check", "findings", { check: text("check_id")(row) }), " · ",
        link("All of this resource", "findings", { q: text("resource_name")(row) })),
    ].filter((node) => node !== null);
  };

  // Whether a row has exactly this text in a column.
  const has = (name, wanted) => {
    const { of, at } = codes(name);
    const number = of.indexOf(wanted);
    return (row) => number !== -1 && at[row] === number;
  };
  const facet = (key, label, of, compare) => ({ key, label, codes: of, compare });
  return new Grid({
    root: document.getElementById("findings-grid"), key: "findings", label: "Failing findings", rows: findings.rows, more,
    named: (row) => `${text("check_id")(row)}, ${text("resource_name")(row)}`,
    empty: "Nothing fails of what was judged.",
    columns: [
      { key: "severity", label: "Severity", codes: severity, value: (row) => rankOfSeverity[severity.at[row]], cell: (row) => severityMark(severity.of[severity.at[row]]) },
      { key: "check", label: "Check", codes: check, cell: (row) => [title.of[title.at[row]] ?? "", el("br"), el("span", { class: "quiet" }, text("check_id")(row))] },
      { key: "resource", label: "Resource", codes: codes("resource_name"), class: "name" },
      { key: "account", label: "Account", codes: codes("account_name"), cell: (row) => accountOf(text("account_name")(row), text("account_id")(row)) },
      { key: "region", label: "Region", codes: codes("region"), class: "short" },
      { key: "reason", label: "Reason", codes: codes("reason"), class: "reason" },
      { key: "days", label: "Days open", kind: "number", value: (row) => findings.value("open_days", row), cell: (row) => (time.of[time.at[row]] === "past its time" ? el("strong", { class: "late" }, `${figure(findings.value("open_days", row))} late`) : figure(findings.value("open_days", row))) },
      ...["account_id", "resource_type", "owner", "arn_head", "reason_code", "ou_path", "exception_id"].map((name) => ({ key: name, codes: codes(name) })),
      { key: "title", codes: title },
    ],
    facets: [
      facet("severity", "Severity", severity, bySeverity),
      facet("check", "Check", check),
      facet("control", "Control", control),
      unitFacet(codes("ou_path")),
      accountFacet(findings),
      facet("region", "Region", codes("region")),
      facet("type", "Type", codes("resource_type")),
      facet("standing", "Since", codes("standing")),
      facet("time", "Time to mend", time),
    ],
    tests: [
      { key: "finding", label: "One finding", of: (wanted) => {
        const [id, ...rest] = wanted.split(" ");
        const resource = rest.join(" ");
        return (row) => text("check_id")(row) === id && arn(row) === resource;
      } },
      { key: "from", label: "From", of: (wanted) => {
        const [kind, ...rest] = wanted.split(" ");
        const source = rest.join(" ");
        if (Object.hasOwn(SOURCES, kind)) return has(SOURCES[kind], source);
        const [isSource, isKind] = [has("origin", source), has("origin_kind", kind || null)];
        return (row) => isSource(row) && isKind(row);
      } },
      { key: "exception", label: "Under", of: (wanted) => has("exception_id", wanted) },
    ],
  });
};

