//! Small descriptions as JSON, sealed with their own hash: one that was changed or cut off is no description any more.

use serde::{
    Serialize,
    de::{DeserializeOwned, Error as _},
};

use super::hash::Digest;

const BEFORE: &str = "{\"sha256\":\"";
const BETWEEN: &str = "\",\"sealed\":";
const AFTER: &str = "}\n";

/// `{"sha256":"…","sealed":…}`, the hash being that of the bytes of the value as they stand there.
pub fn seal<T: Serialize>(value: &T) -> Result<Vec<u8>, serde_json::Error> {
    let json = serde_json::to_string_pretty(value)?;
    let Digest { sha256, .. } = Digest::of(json.as_bytes());
    Ok(format!("{BEFORE}{sha256}{BETWEEN}{json}{AFTER}").into_bytes())
}

/// The value, if nothing of the description was changed.
pub fn unseal<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, serde_json::Error> {
    let text = std::str::from_utf8(bytes).map_err(serde_json::Error::custom)?;
    let parts = text.strip_prefix(BEFORE).and_then(|rest| rest.strip_suffix(AFTER)?.split_once(BETWEEN));
    let (sha256, json) =
        parts.ok_or_else(|| serde_json::Error::custom("it was cut off, or made by another version"))?;
    let found = Digest::of(json.as_bytes()).sha256;
    if found != sha256 {
        let message = format!("it was changed after it was written: its SHA-256 is {found}, expected {sha256}");
        return Err(serde_json::Error::custom(message));
    }
    serde_json::from_str(json)
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::Index};

    use super::*;

    #[test]
    fn what_is_sealed_is_json_and_reads_back() {
        let sealed = seal(&["a", "b \",\"sealed\": c"]).unwrap();
        assert_eq!(unseal::<Vec<String>>(&sealed).unwrap(), ["a", "b \",\"sealed\": c"]);
        let json: serde_json::Value = serde_json::from_slice(&sealed).unwrap();
        assert_eq!(json["sealed"][0], "a");
    }

    proptest! {
        #[test]
        fn one_changed_byte_or_a_missing_end_is_noticed(place in any::<Index>(), bit in 0_u8..8, cut in any::<bool>()) {
            let mut bytes = seal(&vec![7_u32; 30]).unwrap();
            let place = place.index(bytes.len());
            if cut { bytes.truncate(place) } else { bytes[place] ^= 1 << bit }
            prop_assert!(unseal::<Vec<u32>>(&bytes).is_err());
        }
    }
}
