//! YAML as a tree of texts, lists and maps, each with its place. What a text would be taken for, a number or nothing, is
//! left to whoever looks at it.

use std::{collections::HashMap, path::Path};

use saphyr_parser::{Event, Marker, Parser, ScalarStyle};

use crate::config::{Place, Problem, problem::one_line};

/// Maps and lists within each other: a mute list has seven.
const DEEPEST: usize = 16;
/// Nodes that aliases may add: a few lines could mean billions.
const MOST_REPEATED: usize = 100_000;

/// A node of the tree.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) at: At,
    pub(super) value: Value,
}

/// What a node is.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Text(Scalar),
    List(Vec<Node>),
    Map(Vec<(Scalar, Node)>),
}

/// A text with its place.
#[derive(Debug, Clone)]
pub(super) struct Scalar {
    pub(super) at: At,
    pub(super) text: String,
    /// Whether it stands without quotes.
    is_plain: bool,
}

impl Scalar {
    /// Whether YAML 1.1 takes it for a number: digits without quotes, unless they begin as an octal number and are none.
    pub(super) fn is_number(&self) -> bool {
        let is_octal = |digit: char| ('0'..='7').contains(&digit);
        self.is_plain
            && self.text.chars().all(|digit| digit.is_ascii_digit())
            && (!self.text.starts_with('0') || self.text.chars().all(is_octal))
    }
}

/// A place in the file, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct At {
    pub(super) line: usize,
    pub(super) column: usize,
}

impl At {
    fn of(marker: Marker) -> Self {
        Self { line: marker.line(), column: marker.col() + 1 }
    }

    /// A problem at this place.
    pub(super) fn problem(self, file: &Path, message: impl AsRef<str>) -> Problem {
        let Self { line, column } = self;
        Problem { place: Place::Position { file: file.to_owned(), line, column }, message: one_line(message.as_ref()) }
    }
}

/// A list or map that is not at its end.
struct Open {
    at: At,
    anchor: usize,
    value: Value,
    /// The key whose value comes next.
    key: Option<Scalar>,
}

/// The one document of a file; none where there is none.
pub(super) fn load(file: &Path, text: &str) -> Result<Option<Node>, Problem> {
    let mut open = Vec::<Open>::new();
    let mut root = None;
    let (mut anchors, mut repeated) = (HashMap::new(), 0);
    for event in Parser::new_from_str(text) {
        let (event, span) =
            event.map_err(|error| At::of(*error.marker()).problem(file, format!("not YAML: {}", error.info())))?;
        let at = At::of(span.start);
        let (node, anchor) = match event {
            Event::Scalar(text, style, anchor, _) => {
                let text = Scalar { at, text: text.into_owned(), is_plain: style == ScalarStyle::Plain };
                (Node { at, value: Value::Text(text) }, anchor)
            }
            Event::Alias(anchor) => {
                let Some(node): Option<&Node> = anchors.get(&anchor) else {
                    return Err(at.problem(file, "an alias within what it stands for"));
                };
                repeated += node.nodes();
                if repeated > MOST_REPEATED {
                    return Err(at.problem(file, "aliases repeat too much"));
                }
                (node.clone(), 0)
            }
            Event::SequenceStart(anchor, _) => {
                open.push(Open { at, anchor, value: Value::List(Vec::new()), key: None });
                too_deep(file, at, open.len())?;
                continue;
            }
            Event::MappingStart(anchor, _) => {
                open.push(Open { at, anchor, value: Value::Map(Vec::new()), key: None });
                too_deep(file, at, open.len())?;
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Open { at, anchor, value, key: _ }) => (Node { at, value }, anchor),
                None => continue,
            },
            Event::DocumentStart(_) if root.is_some() => {
                let message = "a second document, for which Prowler refuses the whole file; divide the file";
                return Err(at.problem(file, message));
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {
                continue;
            }
        };
        if anchor > 0 {
            anchors.insert(anchor, node.clone());
        }
        match open.last_mut() {
            Some(parent) => parent.take(file, node)?,
            None => root = Some(node),
        }
    }
    Ok(root)
}

fn too_deep(file: &Path, at: At, depth: usize) -> Result<(), Problem> {
    if depth > DEEPEST {
        Err(at.problem(file, "lists and maps within each other, too many for a mute list"))
    } else {
        Ok(())
    }
}

impl Open {
    fn take(&mut self, file: &Path, node: Node) -> Result<(), Problem> {
        match (&mut self.value, self.key.take(), node) {
            (Value::List(list), _, node) => list.push(node),
            (Value::Map(map), Some(key), node) => map.push((key, node)),
            (Value::Map(map), None, Node { at, value: Value::Text(key) }) => {
                if key.is_plain && key.text == "<<" {
                    let message = "merge keys (`<<`) are not read here: write out what they stand for";
                    return Err(at.problem(file, message));
                }
                if map.iter().any(|(known, _)| known.text == key.text) {
                    let message =
                        format!("`{}` stands twice; Prowler reads only the last: put them together", key.text);
                    return Err(at.problem(file, message));
                }
                self.key = Some(key);
            }
            (Value::Map(_) | Value::Text(_), _, Node { at, .. }) => {
                return Err(at.problem(file, "a key has to be a text"));
            }
        }
        Ok(())
    }
}

impl Node {
    fn nodes(&self) -> usize {
        1 + match &self.value {
            Value::Text(_) => 0,
            Value::List(list) => list.iter().map(Self::nodes).sum(),
            Value::Map(map) => map.iter().map(|(_, node)| 1 + node.nodes()).sum(),
        }
    }
}
