//! How random a text looks.

/// The Shannon entropy of the bytes of a text, in bits a byte: 0 for one letter repeated, below 4 for hexadecimal digits,
/// near 5 for 40 random characters of base64.
pub(super) fn entropy(text: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in text {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count = count.saturating_add(1);
        }
    }
    let total: f64 = counts.iter().copied().map(f64::from).sum();
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| {
            let share = f64::from(*count) / total;
            -share * share.log2()
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repetition_has_none_and_variety_has_much() {
        assert!(entropy(b"").abs() < f64::EPSILON);
        assert!(entropy(b"xxxxxxxxxxxx").abs() < f64::EPSILON);
        assert!((entropy(b"abab") - 1.0).abs() < 1e-9);
        assert!((entropy(b"0123456789abcdef") - 4.0).abs() < 1e-9);
    }
}
