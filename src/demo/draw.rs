//! Deterministic chance: everything in the simulated organization is drawn from the seed and a place, never remembered.

/// Mixes `parts` into one number that looks random, the same on every machine (splitmix64 over the parts).
pub(super) fn mix(parts: &[u64]) -> u64 {
    parts.iter().fold(0x5851_f42d_4c95_7f2d, |state, part| {
        let mut mixed = (state ^ part).wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    })
}

/// A number for a text, so that names can be parts of [`mix`] (FNV-1a).
pub(super) fn text(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |state, byte| (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// `length` lower-case letters and digits that stand for `value`.
pub(super) fn letters(mut value: u64, length: usize) -> String {
    let mut text = String::with_capacity(length);
    for _ in 0..length {
        let digit = u32::try_from(value % 36).unwrap_or_default();
        text.push(char::from_digit(digit, 36).unwrap_or('0'));
        value = mix(&[value / 36]);
    }
    text
}

/// One stream of draws, started from a place.
#[derive(Debug)]
pub(super) struct Draw {
    state: u64,
}

impl Draw {
    /// The stream that belongs to `parts`.
    pub(super) fn new(parts: &[u64]) -> Self {
        Self { state: mix(parts) }
    }

    /// A number with all 64 bits drawn.
    pub(super) fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(&[self.state])
    }

    /// A number from 0 up to, not including, `bound`; 0 where `bound` is 0.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.bits().checked_rem(bound).unwrap_or_default()
    }

    /// True in `share` of 100 draws.
    pub(super) fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }

    /// One of `items`, each as likely as the others, or the default where there are none.
    pub(super) fn one_of<T: Copy + Default>(&mut self, items: &[T]) -> T {
        let length = u64::try_from(items.len()).unwrap_or_default();
        let chosen = usize::try_from(self.below(length)).unwrap_or_default();
        items.get(chosen).copied().unwrap_or_default()
    }

    /// One of `table` by its share of 100, and `otherwise` for what the shares leave.
    pub(super) fn weighted<T: Copy>(&mut self, table: &[(u64, T)], otherwise: T) -> T {
        let mut left = self.below(100);
        for (share, item) in table {
            if left < *share {
                return *item;
            }
            left -= share;
        }
        otherwise
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_always_draws_the_same() {
        let draws = |place| (0..20).map(|_| Draw::new(&[place]).bits()).collect::<Vec<_>>();
        assert_eq!(draws(7), draws(7));
        assert_ne!(draws(7), draws(8));
    }

    #[test]
    fn shares_are_kept() {
        let mut draw = Draw::new(&[1]);
        let hits = (0..10_000).filter(|_| draw.weighted(&[(30, true)], false)).count();
        assert!((2_800..3_200).contains(&hits), "{hits}");
    }

    #[test]
    fn letters_have_the_length_asked_for() {
        assert_eq!(letters(42, 10).len(), 10);
    }
}
