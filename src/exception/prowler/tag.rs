//! Tags in a mute list: Prowler searches each item in `key=value | key=value`, and all items have to be found.

use std::collections::BTreeMap;

use super::search::{alternatives, globs};
use crate::config::tag_key;

/// Tags that a resource has to have, with patterns of their values.
pub(super) type Tags = BTreeMap<String, Vec<String>>;

/// Exceptions that one mute may be divided into.
const MOST: usize = 16;

/// The tags of each exception that is needed to say the same as all items; none where it cannot be said.
pub(super) fn tags(items: &[String]) -> Option<Vec<Tags>> {
    let mut all = vec![Tags::new()];
    // Those that are found in whatever the tags are ask for nothing.
    for item in items.iter().filter(|item| !matches!(item.as_str(), "*" | ".*" | "")) {
        let options = options(item)?;
        let mut next = Vec::new();
        for tags in &all {
            for (key, values) in &options {
                let mut tags = tags.clone();
                // One value cannot be held against the patterns of two items.
                if tags.insert(key.clone(), values.clone()).is_some() {
                    return None;
                }
                next.push(tags);
            }
        }
        all = next;
        if all.len() > MOST {
            return None;
        }
    }
    Some(all)
}

/// The tags of which an item asks for any: values by key.
fn options(item: &str) -> Option<Tags> {
    let mut options = Tags::new();
    for part in alternatives(item) {
        // A dollar would be the end of all tags.
        let (key, value) = part.split_once('=').filter(|(_, value)| !value.ends_with('$'))?;
        let key = exact(key)?;
        let mut values = globs(&format!("^{value}"))?.wide;
        options.entry(key).or_default().append(&mut values);
    }
    Some(options)
}

/// A part that is searched for and holds no sign of a pattern.
fn exact(key: &str) -> Option<String> {
    let globs = globs(&format!("^{key}$"))?;
    globs.exact.into_iter().next().filter(|key| tag_key(key).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    type Tag = (String, Vec<String>);

    fn of(items: &[&str]) -> Option<Vec<Vec<Tag>>> {
        let items = items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>();
        Some(tags(&items)?.into_iter().map(|tags| tags.into_iter().collect()).collect())
    }

    #[test]
    fn items_are_all_asked_for_and_of_alternatives_any() {
        let tag = |key: &str, values: &[&str]| {
            (key.to_owned(), values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(of(&["test=test"]), Some(vec![vec![tag("test", &["test*"])]]));
        assert_eq!(of(&["a=1", "b=2"]), Some(vec![vec![tag("a", &["1*"]), tag("b", &["2*"])]]));
        assert_eq!(of(&["project=test|project=stage"]), Some(vec![vec![tag("project", &["test*", "stage*"])]]));
        assert_eq!(of(&["a=1|b=2"]), Some(vec![vec![tag("a", &["1*"])], vec![tag("b", &["2*"])]]));
        assert_eq!(of(&["*"]), Some(vec![vec![]]));
        assert_eq!(of(&["team=*"]), Some(vec![vec![tag("team", &["*"])]]));
        for items in [&["dev"][..], &["a*=1"], &["a=[12]"], &["a=1", "a=2"], &["=1"], &["a=1$"], &["^a=1"]] {
            assert_eq!(of(items), None, "{items:?}");
        }
    }
}
