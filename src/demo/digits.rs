//! Numbers as digits at the end of a text, without the machinery of formatting, which is what a record would cost most.

/// Appends a number in decimal digits, with leading zeros up to a width.
pub(super) fn decimal(text: &mut String, value: u64, width: usize) {
    append::<10>(text, value, width);
}

/// Appends a number in hexadecimal digits, with leading zeros up to a width.
pub(super) fn hex(text: &mut String, value: u64, width: usize) {
    append::<16>(text, value, width);
}

fn append<const BASE: u64>(text: &mut String, value: u64, width: usize) {
    // As many as 64 bits have in base ten.
    let mut digits = [b'0'; 20];
    let (mut rest, mut used) = (value, 0);
    for digit in digits.iter_mut().rev() {
        let low = u8::try_from(rest % BASE).unwrap_or_default();
        *digit = if low < 10 { b'0' + low } else { b'a' + low - 10 };
        rest /= BASE;
        used += 1;
        if rest == 0 && used >= width {
            break;
        }
    }
    let written = digits.get(digits.len() - used..).unwrap_or_default();
    text.push_str(std::str::from_utf8(written).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_are_written_as_formatting_writes_them(value in any::<u64>(), shift in 0..64_u32, width in 0..18_usize) {
            let value = value >> shift;
            let (mut tens, mut sixteens) = (String::new(), String::new());
            decimal(&mut tens, value, width);
            hex(&mut sixteens, value, width);
            prop_assert_eq!((tens, sixteens), (format!("{value:0width$}"), format!("{value:0width$x}")));
        }
    }
}
