//! Reads one value, as written, into a field, as meant, or says what is wrong with it.
//!
//! The good parts of a bad list are kept: the configuration is refused anyway, and contradictions among them show.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
    ops::{Range, RangeInclusive},
};

use toml::{Spanned, de::DeTable, de::DeValue};

use super::{legal, nearest::nearest, organization::TagValues, pacing::Rate, problem::Problems};

/// A value with its place in the text.
pub(crate) type Value<'i> = Spanned<DeValue<'i>>;

/// `true` or `false`.
pub(super) fn flag(field: &mut bool, value: &Value<'_>, problems: &mut Problems<'_>) {
    match value.get_ref().as_bool() {
        Some(flag) => *field = flag,
        None => mismatch(value, "true or false", problems),
    }
}

/// A whole number in a range.
pub(super) fn whole<T>(field: &mut T, value: &Value<'_>, problems: &mut Problems<'_>, range: RangeInclusive<T>)
where
    T: TryFrom<i64> + PartialOrd + Display + Copy,
{
    let Some(integer) = value.get_ref().as_integer() else {
        return mismatch(value, "a whole number", problems);
    };
    let number =
        i64::from_str_radix(integer.as_str(), integer.radix()).ok().and_then(|number| T::try_from(number).ok());
    in_range(field, number, integer, &value.span(), problems, &range);
}

/// A number in a range.
pub(super) fn decimal(field: &mut f64, value: &Value<'_>, problems: &mut Problems<'_>, range: RangeInclusive<f64>) {
    let span = value.span();
    if let Some(float) = value.get_ref().as_float() {
        in_range(field, float.as_str().parse().ok(), float, &span, problems, &range);
    } else if let Some(integer) = value.get_ref().as_integer() {
        // A whole number is a number too; i32 holds every range in use.
        let number = i32::from_str_radix(integer.as_str(), integer.radix()).ok().map(f64::from);
        in_range(field, number, integer, &span, problems, &range);
    } else {
        mismatch(value, "a number", problems);
    }
}

fn in_range<T: PartialOrd + Display>(
    field: &mut T,
    number: Option<T>,
    written: &dyn Display,
    span: &Range<usize>,
    problems: &mut Problems<'_>,
    range: &RangeInclusive<T>,
) {
    match number {
        Some(number) if range.contains(&number) => *field = number,
        _ => problems.add(span, format!("{written} is out of range, which is {} to {}", range.start(), range.end())),
    }
}

/// A text that a rule accepts.
pub(super) fn text<T, E: Display>(
    field: &mut T,
    value: &Value<'_>,
    problems: &mut Problems<'_>,
    rule: impl Fn(&str) -> Result<T, E>,
) {
    if let Some(read) = ruled(value, problems, rule) {
        *field = read;
    }
}

/// A text that a rule accepts, or the empty text for none.
pub(super) fn optional<T, E: Display>(
    field: &mut Option<T>,
    value: &Value<'_>,
    problems: &mut Problems<'_>,
    rule: impl Fn(&str) -> Result<T, E>,
) {
    match value.get_ref().as_str() {
        Some("") => *field = None,
        _ => *field = ruled(value, problems, rule),
    }
}

/// A list of texts that a rule accepts; order and doubles mean nothing.
pub(super) fn set<T: Ord, E: Display>(
    field: &mut BTreeSet<T>,
    value: &Value<'_>,
    problems: &mut Problems<'_>,
    rule: impl Fn(&str) -> Result<T, E>,
) {
    if let Some(array) = value.get_ref().as_array() {
        *field = array.iter().filter_map(|element| ruled(element, problems, &rule)).collect();
    } else {
        mismatch(value, "a list of texts", problems);
    }
}

/// A table of tag keys with the values to accept.
pub(super) fn tag_filter(field: &mut BTreeMap<String, TagValues>, value: &Value<'_>, problems: &mut Problems<'_>) {
    let Some(table) = table(value, "a table of tag keys with lists of values", problems) else {
        return;
    };
    field.clear();
    for (key, value) in table {
        let mut values = BTreeSet::new();
        set(
            &mut values,
            value,
            problems,
            |text| {
                if text == "*" { Ok(text.to_owned()) } else { legal::tag_value(text) }
            },
        );
        if value.get_ref().as_array().is_some_and(|array| array.is_empty()) {
            problems.add(&value.span(), "an empty list accepts no account; write [\"*\"] for any value");
        }
        match legal::tag_key(key.get_ref()) {
            Err(message) => problems.add(&key.span(), message),
            Ok(key) if values.contains("*") => drop(field.insert(key, TagValues::Any)),
            Ok(key) => drop(field.insert(key, TagValues::OneOf(values))),
        }
    }
}

/// A table of session tags.
pub(super) fn session_tags(field: &mut BTreeMap<String, String>, value: &Value<'_>, problems: &mut Problems<'_>) {
    const MOST: usize = 50;
    let Some(table) = table(value, "a table of tag keys with values", problems) else {
        return;
    };
    if table.len() > MOST {
        problems.add(&value.span(), format!("{} session tags, where STS takes {MOST} at most", table.len()));
    }
    field.clear();
    for (key, value) in table {
        let read = ruled(value, problems, legal::tag_value);
        match legal::tag_key(key.get_ref()) {
            Ok(name) if name.to_lowercase().starts_with("aws:") => {
                problems.add(&key.span(), format!("`{name}` is no key of a session tag: AWS keeps aws: for itself"));
            }
            Ok(name) => drop(read.map(|value| field.insert(name, value))),
            Err(message) => problems.add(&key.span(), message),
        }
    }
}

/// A table of APIs with their rates; what it does not name keeps its rate.
pub(super) fn rates(field: &mut BTreeMap<&'static str, Rate>, value: &Value<'_>, problems: &mut Problems<'_>) {
    let Some(table) = table(value, "a table of APIs with rates", problems) else {
        return;
    };
    let known: Vec<&'static str> = field.keys().copied().collect();
    for (api, value) in table {
        let name = api.get_ref().as_ref();
        if let Some(rate) = field.get_mut(name) {
            one_rate(rate, value, problems);
        } else {
            let hint = nearest(name, known.iter().copied()).map_or_else(
                || "`sagesweep config` prints the APIs of a run".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            problems.add(&api.span(), format!("unknown API `{name}`; {hint}"));
        }
    }
}

fn one_rate(rate: &mut Rate, value: &Value<'_>, problems: &mut Problems<'_>) {
    let Some(table) = table(value, "{ start = …, burst = …, quota = … }", problems) else {
        return;
    };
    for (key, value) in table {
        match key.get_ref().as_ref() {
            "start" => decimal(&mut rate.start, value, problems, 0.01..=1000.0),
            "burst" => whole(&mut rate.burst, value, problems, 1..=10_000),
            "quota" => decimal(&mut rate.quota, value, problems, 0.01..=1000.0),
            other => problems.add(&key.span(), format!("unknown key `{other}`; a rate has start, burst and quota")),
        }
    }
}

/// The table that a value is.
pub(crate) fn table<'v, 'i>(
    value: &'v Value<'i>,
    expected: &str,
    problems: &mut Problems<'_>,
) -> Option<&'v DeTable<'i>> {
    let table = value.get_ref().as_table();
    if table.is_none() {
        mismatch(value, expected, problems);
    }
    table
}

/// The text that a value is, as a rule reads it.
pub(crate) fn ruled<T, E: Display>(
    value: &Value<'_>,
    problems: &mut Problems<'_>,
    rule: impl Fn(&str) -> Result<T, E>,
) -> Option<T> {
    let Some(text) = value.get_ref().as_str() else {
        mismatch(value, "a text in quotes", problems);
        return None;
    };
    rule(text).map_err(|error| problems.add(&value.span(), error.to_string())).ok()
}

/// A value of another kind.
pub(crate) fn mismatch(value: &Value<'_>, expected: &str, problems: &mut Problems<'_>) {
    let found = match value.get_ref() {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    };
    problems.add(&value.span(), format!("expected {expected}, found {found}"));
}
