//! What holds for every text.

use proptest::prelude::*;

use super::samples::samples;
use crate::secret::{Place, Sightings, in_script, in_values};

/// Pieces of which hostile texts are made: what rules begin with, what names end with, and what quotes them.
const PIECES: &[&str] = &[
    "password",
    "api_key",
    "secret",
    "token",
    "=",
    ": ",
    "\"",
    "'",
    "\\\"",
    "\n",
    " ",
    "$",
    "{",
    "AKIA",
    "eyJ",
    ".eyJ",
    "ghp_",
    "sig=",
    "://",
    "@",
    ":",
    "-----BEGIN PRIVATE KEY-----",
    "a1B2c3D4e5",
    "é",
    "\u{202e}",
    "curl -u ",
    "xoxb-1-",
    "Bearer ",
];

proptest! {
    #[test]
    fn any_script_and_any_value_has_an_answer(text in any::<String>(), name in any::<String>()) {
        let _script = in_script(&Place::OnStart, &text);
        let _values = in_values(Place::Variable, [(name.as_str(), text.as_str())]);
    }

    #[test]
    fn texts_of_pieces_have_answers_within_their_lines(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60),
    ) {
        let text = pieces.concat();
        let lines = text.split('\n').count();
        for sighting in in_script(&Place::OnStart, &text) {
            prop_assert!((1..=lines).contains(&usize::try_from(sighting.line.unwrap()).unwrap()));
        }
        let _values = in_values(Place::Variable, [(text.as_str(), text.as_str())]);
    }

    #[test]
    fn no_secret_is_told(
        seed in any::<u64>(),
        number in any::<prop::sample::Index>(),
        before in "[a-z \n]{0,20}",
        in_name in any::<bool>(),
    ) {
        let samples = samples(seed);
        let sample = number.get(&samples);
        let name = if in_name { format!("{} {}", sample.name, sample.value) } else { sample.name.to_owned() };
        let script = format!("{before}\n{}='{}'", sample.name, sample.value);
        let mut all = in_script(&Place::OnCreate, &script);
        all.extend(in_values(Place::Hyperparameter, [(name.as_str(), sample.value.as_str())]));
        // A value that is drawn once in a while looks like none; how many are seen is measured on the corpus.
        prop_assume!(!all.is_empty());
        let told: Sightings = all.into_iter().collect();
        for text in [format!("{told:?}"), serde_json::to_string(&told).unwrap(), told.first[0].to_string()] {
            prop_assert!(!text.contains(&sample.secret), "{}", sample.rule);
        }
    }
}

#[test]
fn texts_that_call_every_rule_at_every_letter_have_an_answer() {
    for piece in PIECES.iter().copied().chain(["password=", "password='", "x.secret.", "a:b@", "-----BEGIN "]) {
        let text = piece.repeat(300_000 / piece.len());
        let found: Sightings = in_script(&Place::OnStart, &text).into_iter().collect();
        assert!(found.count <= 256 && found.first.len() <= 20, "{piece}");
    }
}
