//! Names as somebody would give them who means harm to what shows them: to a terminal, a log, a page, a spreadsheet.

use super::{account::Account, unit::Unit};

/// Texts that names and tags of a hostile organization are made of.
pub const HOSTILE: &[&str] = &[
    // Commands to a terminal: colours, the title, the cursor, a hidden line; in two encodings.
    "red \u{1b}[31mALARM\u{1b}[0m",
    "\u{1b}]0;title\u{7}\u{1b}[2J\u{1b}[H",
    "c1 \u{9b}31m\u{9d}0;x\u{9c}",
    "\r\u{8}\u{8}\u{8}overwritten",
    // A line of its own in a log.
    "name\n{\"level\":\"ERROR\",\"message\":\"forged\"}",
    "a\tb\u{b}c\u{c}d\u{85}e\u{2028}f\u{2029}g",
    "nul\u{0}byte",
    // Writing that turns round, and what nobody sees.
    "\u{202e}gnp.exe\u{202c}",
    "\u{2066}isolated\u{2069} \u{200e}\u{200f}\u{61c}",
    "zero\u{200b}width\u{200d}join\u{feff}er\u{ad}\u{180e}\u{2060}",
    "tags \u{e0041}\u{e007f}",
    // Pages, spreadsheets, shells, queries.
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "@SUM(1)",
    "-2+3",
    "$(touch /tmp/x);`id`",
    "'; DROP TABLE findings; --",
    "\"",
    "'",
    "\\",
    // Paths.
    "../../etc/passwd",
    "/v1/runs/run_date=2026-01-01/x.parquet",
    "a/b\\c:d*e?f|g",
    "..",
    " ",
    // Length and width.
    "漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字",
    "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
    "👩‍👩‍👧‍👦🏳️‍🌈",
];

/// One of them, by any number.
pub(super) fn text(number: u64) -> &'static str {
    let count = u64::try_from(HOSTILE.len()).unwrap_or(1);
    usize::try_from(number % count).ok().and_then(|index| HOSTILE.get(index)).copied().unwrap_or_default()
}

/// A text of 256 characters, the most that the value of a tag has.
fn longest(number: u64) -> String {
    text(number).chars().chain("é漢\u{202e}🙂".chars()).cycle().take(256).collect()
}

/// Gives the accounts names and tags of this kind; names still differ.
pub(super) fn spoil_accounts(accounts: &mut [Account]) {
    for (account, number) in accounts.iter_mut().zip(0_u64..) {
        account.name = format!("{}#{number}", text(number));
        account.tags.push((text(number + 1), longest(number)));
        // The tag that becomes the owner of findings.
        account.tags.retain(|(key, _)| *key != "owner");
        account.tags.push(("owner", text(number + 2).to_owned()));
    }
}

/// Gives the units names of this kind.
pub(super) fn spoil_units(units: &mut Vec<Unit>) {
    let mut spoilt: Vec<Unit> = Vec::with_capacity(units.len());
    for (unit, number) in units.drain(..).zip(0_u64..) {
        let name = text(number + 3);
        let above = unit.parent.and_then(|parent| spoilt.get(parent));
        let name_path = format!("{}/{name}", above.map_or("", |unit| unit.name_path.as_str()));
        spoilt.push(Unit { name, name_path, ..unit });
    }
    *units = spoilt;
}
