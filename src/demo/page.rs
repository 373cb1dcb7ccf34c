//! Page tokens: a position, made hard to guess and checked when it comes back.

use super::draw::mix;
use super::refusal::Refusal;

/// What a token that is followed by nothing but its successor begins with.
const EMPTY: char = '~';

/// Where a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// Items before it.
    pub(super) position: u64,
    /// Whether the page has to be empty, and the next one begin at the same place.
    pub(super) empty: bool,
}

/// The token for a place.
pub(super) fn token(position: u64) -> String {
    format!("AQIC{position:x}Z{:08x}", mix(&[position, 0x0074_6f6b]) >> 32)
}

/// A token that yields an empty page first, whose own token is `token`.
pub(super) fn detour(token: &str) -> String {
    format!("{EMPTY}{token}")
}

/// Reads a token; none is the beginning. A token of nobody's making is refused.
pub(super) fn place(token_text: Option<&str>, code: &'static str) -> Result<Place, Refusal> {
    let Some(text) = token_text else {
        return Ok(Place { position: 0, empty: false });
    };
    let plain = text.trim_start_matches(EMPTY);
    let position = plain
        .strip_prefix("AQIC")
        .and_then(|rest| rest.split_once('Z'))
        .and_then(|(position, _)| u64::from_str_radix(position, 16).ok());
    match position {
        Some(position) if token(position) == plain => Ok(Place { position, empty: plain.len() != text.len() }),
        Some(_) | None => Err(Refusal::new(400, code, "The provided NextToken is invalid.")),
    }
}

/// The items of one page out of `items`, and the token of the next.
pub(super) fn cut<T>(items: &[T], place: Place, size: u64) -> (&[T], Option<String>) {
    if place.empty {
        return (&[], Some(token(place.position)));
    }
    let first = usize::try_from(place.position).unwrap_or(usize::MAX).min(items.len());
    let last = first.saturating_add(usize::try_from(size).unwrap_or(usize::MAX)).min(items.len());
    let next = (last < items.len()).then(|| token(place.position.saturating_add(size)));
    (items.get(first..last).unwrap_or_default(), next)
}

/// The page size asked for, if it is within 1 and `most`.
pub(super) fn size(asked: Option<i64>, default: u64, most: u64) -> Result<u64, Refusal> {
    let Some(asked) = asked else {
        return Ok(default);
    };
    match u64::try_from(asked) {
        Ok(size) if (1..=most).contains(&size) => Ok(size),
        Ok(_) | Err(_) => Err(Refusal::validation(format!(
            "1 validation error detected: Value '{asked}' at 'maxResults' failed to satisfy constraint: Member must have value between 1 and {most}"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_partition_the_items_and_forged_tokens_are_refused() {
        let items: Vec<u64> = (0..45).collect();
        let (mut seen, mut next) = (Vec::new(), None::<String>);
        loop {
            let (page, token) = cut(&items, place(next.as_deref(), "InvalidInputException").unwrap(), 20);
            seen.extend_from_slice(page);
            next = token;
            if next.is_none() {
                break;
            }
        }
        assert_eq!(seen, items);
        assert!(place(Some("AQIC5Z00000000"), "ValidationException").is_err());
        let detoured = place(Some(&detour(&token(7))), "ValidationException").unwrap();
        assert_eq!(detoured, Place { position: 7, empty: true });
    }
}
