// The smaller tables: gaps, what was resolved, origins, checks, keys, exceptions.

const showTables = ({ gaps, resolved, origins, checks, keys, exceptions }) => {
  const at = (id) => document.getElementById(id);
  const codes = (table, key, label, more = {}) => ({ key, label, codes: table.codes(key), ...more });
  const number = (table, key, label, more = {}) => ({ key, label, kind: "number", value: (row) => table.value(key, row), ...more });
  const facet = (table, key, label, compare) => ({ key, label, codes: table.codes(key), compare });
  const account = (table) => codes(table, "account_name", "Account", { cell: (row) => accountOf(table.text("account_name", row), table.text("account_id", row)) });
  const worst = (table) => coded(table.rows, (row) => SEVERITIES[5 - table.value("worst_severity_id", row)]);
  const severity = (of) => ({ key: "severity", label: "Worst", codes: of, value: (row) => SEVERITIES.indexOf(of.of[of.at[row]]), cell: (row) => severityMark(of.of[of.at[row]]) });
  const hidden = (table, ...names) => names.map((name) => ({ key: name, codes: table.codes(name) }));

  new Grid({
    root: at("gaps"), key: "gaps", label: "What was not seen", rows: gaps.rows, empty: "Everything in scope was seen whole.", size: 10,
    columns: [
      account(gaps), codes(gaps, "region", "Region", { class: "short" }), codes(gaps, "outcome", "Outcome", { class: "short", cell: (row) => el("code", {}, gaps.text("outcome", row)) }),
      number(gaps, "types", "Types"),
      { ...codes(gaps, "error_code", "Error"), cell: (row) => `${gaps.text("api", row) ?? ""} ${gaps.text("error_code", row) ?? ""}`.trim() },
      number(gaps, "days_unseen", "Days unseen", { cell: (row) => (gaps.value("days_unseen", row) === null ? "never seen" : figure(gaps.value("days_unseen", row))) }),
      codes(gaps, "detail", "What was said", { class: "reason" }), ...hidden(gaps, "account_id", "api", "ou_path", "first_type"),
    ],
    facets: [facet(gaps, "outcome", "Outcome"), unitFacet(gaps.codes("ou_path")), accountFacet(gaps), facet(gaps, "region", "Region")],
  });

  const mended = derived(resolved.codes("event"), (event) => ({ RESOLVED: "resolved", RESOURCE_DELETED: "gone with the resource" })[event] ?? event);
  new Grid({
    root: at("resolved"), key: "resolved", label: "Resolved in this run", rows: resolved.rows, empty: "Nothing was resolved in this run.", size: 10,
    columns: [
      { key: "what", label: "What", codes: mended }, codes(resolved, "check_id", "Check"), codes(resolved, "resource_name", "Resource", { class: "name" }),
      account(resolved), codes(resolved, "region", "Region", { class: "short" }), number(resolved, "open_days", "Days it was open", { cell: (row) => figure(resolved.value("open_days", row) === null ? null : Math.round(resolved.value("open_days", row))) }),
      ...hidden(resolved, "account_id", "resource_type", "resource_arn"),
    ],
    facets: [facet(resolved, "event", "What"), facet(resolved, "check_id", "Check"), accountFacet(resolved), facet(resolved, "region", "Region")],
  });

  const ofOrigins = worst(origins);
  const leads = (row) => ({ ...cameFrom(origins.text("source_kind", row), origins.text("source", row)), account: origins.text("account_id", row) });
  const checksOf = (row) => (origins.text("checks", row) ?? "").split(", ").filter(Boolean);
  new Grid({
    root: at("origins-grid"), key: "origins", label: "Origins of failing resources", rows: origins.rows, empty: "No failing resource tells where it comes from.",
    columns: [
      codes(origins, "source", "Source", { class: "name", cell: (row) => link(origins.text("source", row), "findings", leads(row)) }),
      codes(origins, "source_kind", "Kind"), severity(ofOrigins), number(origins, "failing_resources", "Failing resources"),
      number(origins, "resources", "of resources"), number(origins, "failed", "Findings"), account(origins),
      { key: "count", label: "Checks", kind: "number", value: (row) => checksOf(row).length },
      ...hidden(origins, "account_id", "ou_path", "checks"),
    ],
    named: (row) => origins.text("source", row),
    more: (row) => [
      el("h3", {}, "Checks that its resources fail"),
      el("ul", {}, checksOf(row).map((check) => el("li", {}, link(check, "findings", { check, ...leads(row) })))),
    ],
    facets: [facet(origins, "source_kind", "Kind"), { key: "severity", label: "Worst", codes: ofOrigins, compare: bySeverity }, accountFacet(origins)],
  });

  const ofChecks = checks.codes("severity");
  const rank = (row) => SEVERITIES.indexOf(checks.text("severity", row));
  const score = (row) => share(checks.value("passed", row), plus(checks.value("passed", row), checks.value("failed", row)));
  // Of a check without findings: it was not asked, or there is nothing of its type, or that could not be seen.
  const found = (row, name) => {
    const value = checks.value(name, row);
    if (value !== null) return figure(value);
    if (!checks.value("is_selected", row)) return "not asked";
    return checks.value("cells_counted", row) === checks.value("cells_complete", row) && checks.value("cells_counted", row) > 0 ? "–" : UNKNOWN;
  };
  const told = (name, label) => number(checks, name, label, { cell: (row) => found(row, name) });
  const selected = coded(checks.rows, (row) => (checks.value("is_selected", row) ? "asked" : "not asked"));
  new Grid({
    root: at("checks-grid"), key: "checks", label: "Checks", rows: checks.rows, empty: "The run told nothing of its checks.",
    columns: [
      codes(checks, "check_id", "Check", { cell: (row) => [checks.text("title", row), el("br"), el("span", { class: "quiet" }, checks.text("check_id", row))] }),
      { key: "severity", label: "Severity", codes: ofChecks, value: rank, cell: (row) => severityMark(checks.text("severity", row)) },
      { key: "score", label: "Score", kind: "number", value: score, cell: (row) => (score(row) === null ? found(row, "failed") : percent(score(row))) },
      number(checks, "failed", "Fail", { cell: (row) => (checks.value("failed", row) ? link(figure(checks.value("failed", row)), "findings", { check: checks.text("check_id", row) }) : found(row, "failed")) }),
      told("unknown", "Unknown"), told("passed", "Pass"), told("failing_accounts", "Failing accounts"),
      ...hidden(checks, "title", "control", "resource_type", "standards"),
    ],
    facets: [{ key: "severity", label: "Severity", codes: ofChecks, compare: bySeverity }, facet(checks, "control", "Control"), facet(checks, "resource_type", "Type"), { key: "selected", label: "In this run", codes: selected }],
    named: (row) => checks.text("check_id", row),
    more: (row) => [
      el("h3", {}, checks.text("title", row)), el("p", {}, checks.text("rationale", row)), el("h4", {}, "What mends it"), el("p", {}, checks.text("remediation", row)),
      el("h4", {}, "Requirements that it serves"), el("p", { class: "reason" }, checks.text("standards", row) ?? "none"),
    ],
  });

  new Grid({
    root: at("keys-grid"), key: "keys", label: "Keys", rows: keys.rows, empty: "No resource that was seen names a key of its own.",
    columns: [
      codes(keys, "key_arn", "Key", { class: "name" }), codes(keys, "state", "State", { cell: (row) => keys.text("state", row) ?? UNKNOWN }), codes(keys, "manager", "Manager", { cell: (row) => keys.text("manager", row) ?? UNKNOWN }),
      codes(keys, "owner_is", "Owner", { cell: (row) => [keys.text("owner_is", row) ?? UNKNOWN, el("br"), el("span", { class: "quiet" }, keys.text("owner_account_id", row) ?? "")] }),
      codes(keys, "rotation", "Rotation", { cell: (row) => [keys.text("rotation", row), keys.text("rotation_reason", row)].filter(Boolean).join(": ") || UNKNOWN }),
      account(keys), codes(keys, "region", "Region", { class: "short" }),
      codes(keys, "uses_json", "Used by", { class: "reason", cell: (row) => usesOf(keys.text("uses_json", row)) }),
      number(keys, "failed", "Fail", { value: (row) => keys.value("failed", row) ?? 0 }),
      codes(keys, "deletion_date", "Deleted on", { cell: (row) => (keys.text("deletion_date", row) === null ? "" : day(keys.text("deletion_date", row))) }),
      ...hidden(keys, "account_id", "owner_account_id", "ou_path"),
    ],
    facets: [facet(keys, "state", "State"), facet(keys, "manager", "Manager"), facet(keys, "owner_is", "Owner"), facet(keys, "rotation", "Rotation"), accountFacet(keys), facet(keys, "region", "Region")],
  });

  const ofExceptions = worst(exceptions);
  // A run of a version before the table of exceptions told only of those that its findings carry.
  const STATES = { EXPIRED: "has ended", EXPIRING: "ends soon", IN_FORCE: "stands" };
  const standing = coded(exceptions.rows, (row) => {
    const state = exceptions.text("state", row);
    return `${STATES[state] ?? state ?? "covers findings"}${exceptions.value("is_unused", row) ? ", covers nothing" : ""}`;
  });
  const covering = (row) => {
    const id = exceptions.text("exception_id", row);
    return exceptions.value("findings", row) > 0 ? link(id, "findings", { exception: id }) : id;
  };
  new Grid({
    root: at("exceptions-grid"), key: "exceptions", label: "Exceptions", rows: exceptions.rows, empty: "This run judged without exceptions.",
    columns: [
      codes(exceptions, "exception_id", "Exception", { cell: covering }),
      { key: "standing", label: "Standing", codes: standing }, codes(exceptions, "exception_expires_on", "Until", { class: "short" }), number(exceptions, "days_left", "Days left"),
      codes(exceptions, "exception_owner", "Owner"), codes(exceptions, "exception_reason", "Reason", { class: "reason" }), codes(exceptions, "ticket", "Ticket"),
      number(exceptions, "findings", "Findings"), number(exceptions, "accounts", "Accounts"), number(exceptions, "checks", "Checks"),
      { ...severity(ofExceptions), cell: (row) => (exceptions.value("worst_severity_id", row) === null ? "–" : severityMark(ofExceptions.of[ofExceptions.at[row]])) },
      ...hidden(exceptions, "check_patterns", "scope_json"),
    ],
    named: (row) => exceptions.text("exception_id", row),
    more: (row) => [
      el("dl", { class: "facts" }, [["Checks", exceptions.text("check_patterns", row)], ["Where", exceptions.text("scope_json", row)]]
        .flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, el("code", {}, value ?? UNKNOWN))])),
    ],
    facets: [{ key: "standing", label: "Standing", codes: standing }],
  });
};

// What uses a key, from {"AWS::SageMaker::TrainingJob": 2}.
const usesOf = (json) => {
  try {
    return Object.entries(JSON.parse(json ?? "{}")).map(([type, count]) => `${type.split("::").at(-1)} ${grouped.format(count)}`).join(", ");
  } catch {
    return json;
  }
};

