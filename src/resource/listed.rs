//! Resources that are listed, and described one by one: the way of every type that no search carries with all its facts.
//!
//! The listing is always read whole, since a page of it costs a hundredth of what it saves: what it shows as the last
//! published run knew it, and what can never change, is taken over instead of described.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::Arc,
};

use futures::StreamExt as _;
use jiff::Timestamp;

use super::{Facts, Kind, Read, Resource, answer::said, is_same_time, tags};
use crate::{
    coverage::{Method, Outcome},
    lake::{last_night::BATCH_ROWS, staging::unit::Span},
    organization::Target,
    outcome::{Refusal, causes},
    paging::Pages,
    scan::{
        cell::{Cell, Collected},
        past::Past,
    },
    session::gate::Gate,
};

mod denials;

pub(super) use denials::Denials;

/// Describes of one unit that are under way at once; the pacing decides how fast they go.
const PARALLEL: usize = 8;
/// Resources of one unit.
const UNIT: usize = 500;

/// A resource type that is listed and described.
pub(super) trait Listed: Kind + Send + Sync + 'static {
    /// The listing, as `service:Operation`.
    const LIST: &'static str;
    /// The description.
    const DESCRIBE: &'static str;
    /// A name that no resource of the type has by chance, and that the description takes for one.
    const NOBODY: &'static str = "sagesweep-looks-for-nothing";
    /// What its ARNs call the type.
    const ARN_TYPE: &'static str = Self::SLUG;

    /// One page of the listing.
    fn page(gate: &Gate, token: Option<String>) -> impl Future<Output = Result<Page, Refusal>> + Send;

    /// The description of what a line of the listing names.
    fn describe(gate: &Gate, line: &Line) -> impl Future<Output = Result<Described<Self>, Refusal>> + Send;

    /// Tries whether an action is allowed. A type that takes other calls than these two and that of tags tries them itself.
    fn attempt(gate: &Gate, target: &Target, action: &'static str) -> impl Future<Output = Result<(), Refusal>> + Send {
        attempt::<Self>(gate, target, action)
    }
}

impl<K: Listed> Read for K {
    async fn collect(cell: &Arc<Cell>) -> Collected {
        collect::<K>(cell).await
    }

    async fn probe(gate: &Gate, target: &Target, action: &'static str) -> Result<(), Refusal> {
        K::attempt(gate, target, action).await
    }
}

/// The page of a listing by the SDK's names of the call and of the list in its answer, and by the API's name of that. Lines
/// are made by the function `line` of the file.
macro_rules! page {
    ($list:ident, $lines:ident, $called:literal) => {
        async fn page(
            gate: &$crate::session::gate::Gate,
            token: Option<String>,
        ) -> Result<$crate::resource::listed::Page, $crate::outcome::Refusal> {
            let client = gate.sagemaker();
            let send = || client.$list().max_results(100).set_next_token(token.clone()).send();
            let answer = gate.call(Self::LIST, send).await?;
            let page = $crate::resource::listed::Page::new(answer.$lines.as_deref(), answer.next_token(), line);
            page.ok_or_else(|| $crate::outcome::Refusal::lacks(Self::LIST, $called))
        }
    };
}

pub(super) use page;

/// A page of a listing.
#[derive(Debug)]
pub(super) struct Page {
    /// Its lines; none for a line that does not even name its resource.
    pub(super) lines: Vec<Option<Line>>,
    /// The token of the next page.
    pub(super) next: Option<String>,
}

impl Page {
    /// The page of these lines; none where the answer has no list at all.
    pub(super) fn new<T>(lines: Option<&[T]>, next: Option<&str>, line: impl Fn(&T) -> Option<Line>) -> Option<Self> {
        Some(Self { lines: lines?.iter().map(line).collect(), next: next.map(ToOwned::to_owned) })
    }
}

/// A line of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// The name, or what else the description is asked by.
    pub(super) name: String,
    /// The ARN; where the listing has none it is made of the place, the type and the name.
    pub(super) arn: String,
    pub(super) created_at: Option<Timestamp>,
    pub(super) modified_at: Option<Timestamp>,
    pub(super) state: Option<String>,
}

/// What a description tells: the facts, and what the envelope has beyond the line of the listing.
#[derive(Debug)]
pub(super) struct Described<K> {
    pub(super) facts: K,
    /// Where the listing has none.
    pub(super) arn: Option<String>,
    pub(super) state: Option<String>,
    pub(super) modified_at: Option<Timestamp>,
    pub(super) role_arn: Option<String>,
    pub(super) origin: Option<super::Origin>,
    pub(super) tags: BTreeMap<String, String>,
}

impl<K> Described<K> {
    /// Facts alone; the envelope is the line's.
    pub(super) fn new(facts: K) -> Self {
        let (arn, state, modified_at, role_arn, origin) = (None, None, None, None, None);
        Self { facts, arn, state, modified_at, role_arn, origin, tags: BTreeMap::new() }
    }
}

impl Line {
    /// A line of what has a name; none where it has none.
    pub(super) fn named(name: Option<&str>, arn: Option<&str>) -> Option<Self> {
        let (name, arn) = (said(name)?, said(arn).unwrap_or_default());
        Some(Self { name, arn, created_at: None, modified_at: None, state: None })
    }

    fn in_place<K: Listed>(mut self, target: &Target) -> Self {
        if self.arn.is_empty() {
            self.arn = arn(target, &format!("{}/{}", K::ARN_TYPE, self.name));
        }
        self
    }

    /// A hash of what identifies the resource: names are used again after deletion.
    fn identity(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (&self.name, &self.arn, self.created_at).hash(&mut hasher);
        hasher.finish()
    }

    fn resource(self, facts: Facts, now: Timestamp) -> Resource {
        let Self { name, arn, created_at, modified_at, state } = self;
        let (origin, role_arn, tags) = (None, None, BTreeMap::new());
        Resource { arn, name, created_at, modified_at, state, origin, role_arn, tags, observed_at: now, facts }
    }
}

/// Reads all resources of a type in a cell.
async fn collect<K: Listed>(cell: &Arc<Cell>) -> Collected {
    let mut collected = Collected { method: Some(Method::ListDescribe), ..Collected::complete(0) };
    let (mut lines, nameless, broken) = list::<K>(cell).await;
    if let Some(refusal) = broken {
        if lines.is_empty() {
            return Collected::refused(refusal);
        }
        collected.partial(format!("the listing broke off: {}", refusal.code));
        collected.refusal = Some(refusal);
    }
    collected.nameless(nameless);
    if let Some(past) = cell.past().filter(|_| K::SETTLED != super::Settled::Never) {
        match carried(cell, past, &mut lines).await {
            Ok(carried) if carried > 0 => {
                collected.carried = carried;
                collected.listed += carried;
                collected.method = Some(Method::Incremental);
            }
            Ok(_) => {}
            Err(refusal) => {
                collected.outcome = Outcome::Partial;
                collected.refusal = Some(refusal);
                return collected;
            }
        }
    }
    let adopted = cell.adopt(Method::ListDescribe);
    let mut known = HashSet::new();
    for slice in adopted {
        collected.listed += slice.listed;
        if let Span::Named(named) = slice.span {
            known.extend(named);
        }
    }
    lines.retain(|line| !known.contains(&line.identity()));
    cell.weighs(u64::try_from(lines.len()).unwrap_or(u64::MAX)).await;
    for unit in lines.chunks(UNIT) {
        let _room = cell.room(u64::try_from(unit.len()).unwrap_or(u64::MAX)).await;
        let (resources, refusal) = described::<K>(cell, unit).await;
        // What was refused is asked again by the next attempt.
        let span = refusal.is_none().then(|| Span::Named(unit.iter().map(Line::identity).collect()));
        let refusals =
            [refusal, cell.deliver(resources, span).await.map(|delivered| collected.listed += delivered).err()];
        if let Some(refusal) = refusals.into_iter().flatten().next() {
            collected.outcome = Outcome::Partial;
            collected.refusal.get_or_insert(refusal);
        }
    }
    collected
}

/// The lines of the whole listing, each once, how many do not name their resource, and the refusal at which it broke off.
async fn list<K: Listed>(cell: &Cell) -> (Vec<Line>, u64, Option<Refusal>) {
    let (mut lines, mut nameless, mut seen) = (Vec::new(), 0, HashSet::new());
    let mut pages = Pages::new(K::LIST);
    while pages.more() {
        let page = match K::page(&cell.gate, pages.token()).await {
            Ok(page) => page,
            Err(refusal) => return (lines, nameless, Some(refusal)),
        };
        cell.step(K::LIST);
        let items = page.lines.len();
        for line in page.lines {
            match line.map(|line| line.in_place::<K>(&cell.target)) {
                Some(line) if seen.insert(line.identity()) => lines.push(line),
                Some(_twice) => {}
                None => nameless += 1,
            }
        }
        if let Err(refusal) = pages.turn(page.next.as_deref(), items) {
            return (lines, nameless, Some(refusal));
        }
    }
    (lines, nameless, None)
}

/// Delivers what the last published run has of these lines and what cannot have changed, and takes it out of them; tells
/// how many these are. What cannot be read back is described like what is new.
async fn carried(cell: &Arc<Cell>, past: &Past, lines: &mut Vec<Line>) -> Result<u64, Refusal> {
    let mut listed = by_name(std::mem::take(lines));
    let mut carried = 0;
    for batch in past.batches() {
        let _room = cell.room(u64::try_from(BATCH_ROWS).unwrap_or(u64::MAX)).await;
        let resources = match past.resources(*batch).await {
            Ok(resources) => resources,
            Err(error) => {
                let target = &cell.target;
                tracing::warn!(account = %target.account.id, region = %target.region, error = causes(&error), "the last night cannot be read back; what it had is described again");
                break;
            }
        };
        let unchanged = resources.into_iter().filter(|known| take(&mut listed, known));
        carried += cell.deliver(unchanged.collect(), None).await?;
    }
    lines.extend(listed.into_values().flatten());
    // Whatever order the map gave.
    lines.sort_unstable_by(|one, other| (&one.arn, one.created_at).cmp(&(&other.arn, other.created_at)));
    Ok(carried)
}

/// Lines by their names: an ARN may be one that only the description tells. A name that was used again while the pages
/// turned has several.
fn by_name(lines: Vec<Line>) -> HashMap<String, Vec<Line>> {
    let mut listed = HashMap::<_, Vec<_>>::with_capacity(lines.len());
    for line in lines {
        listed.entry(line.name.clone()).or_default().push(line);
    }
    listed
}

/// Takes out the line of a resource that is as it was known, and tells whether there is one.
fn take(listed: &mut HashMap<String, Vec<Line>>, known: &Resource) -> bool {
    let Some(lines) = listed.get_mut(&known.name) else { return false };
    let unchanged = lines.iter().position(|line| is_unchanged(line, known));
    unchanged.map(|index| lines.swap_remove(index)).is_some()
}

fn is_unchanged(line: &Line, known: &Resource) -> bool {
    known.is_settled()
        && line.created_at.is_some()
        && is_same_time(line.created_at, known.created_at)
        && is_same_time(line.modified_at, known.modified_at)
        && (line.state.is_none() || line.state == known.state)
}

/// The resources behind some lines. One whose description is refused stays, with unreadable facts; one that is no more
/// does not. After some denials in a row the others count as denied too, unasked.
pub(super) async fn described<K: Listed>(cell: &Cell, lines: &[Line]) -> (Vec<Resource>, Option<Refusal>) {
    let (mut resources, mut first_refusal) = (Vec::with_capacity(lines.len()), None);
    let mut denials = Denials::default();
    for chunk in lines.chunks(PARALLEL) {
        let answers = if let Some(refusal) = denials.instead() {
            chunk.iter().map(|_| Err(refusal.clone())).collect()
        } else {
            let calls = chunk.iter().map(|line| described_line::<K>(cell, line)).collect::<Vec<_>>();
            let answers = futures::stream::iter(calls).buffered(PARALLEL).collect::<Vec<_>>().await;
            for answer in &answers {
                denials.count(answer.as_ref().err());
            }
            answers
        };
        for (line, answer) in chunk.iter().zip(answers) {
            match answer {
                Ok(resource) => resources.push(resource),
                Err(refusal) if refusal.is_not_found() => {}
                Err(refusal) => {
                    let why = format!("{}: {}", refusal.api, refusal.code);
                    let facts = Facts::Unreadable { resource_type: cell.resource_type, why };
                    resources.push(line.clone().resource(facts, cell.now()));
                    first_refusal.get_or_insert(refusal);
                }
            }
        }
    }
    (resources, first_refusal)
}

async fn described_line<K: Listed>(cell: &Cell, line: &Line) -> Result<Resource, Refusal> {
    cell.step(K::DESCRIBE);
    let Described { facts, arn, state, modified_at, role_arn, origin, tags } = K::describe(&cell.gate, line).await?;
    let envelope = line.clone().resource(facts.into(), cell.now());
    Ok(Resource {
        arn: arn.unwrap_or(envelope.arn),
        state: state.or(envelope.state),
        modified_at: modified_at.or(envelope.modified_at),
        role_arn,
        origin,
        tags,
        ..envelope
    })
}

/// Tries whether an action is allowed; what it answers is not looked at.
pub(super) async fn attempt<K: Listed>(gate: &Gate, target: &Target, action: &'static str) -> Result<(), Refusal> {
    if action == K::LIST {
        return K::page(gate, None).await.map(drop);
    }
    let resource = format!("{}/{}", K::ARN_TYPE, K::NOBODY);
    let (name, arn) = (K::NOBODY.to_owned(), arn(target, &resource));
    if action == tags::LIST_TAGS {
        return tags::probe(gate, &arn).await;
    }
    K::describe(gate, &Line { name, arn, created_at: None, modified_at: None, state: None }).await.map(drop)
}

/// The ARN of a resource of SageMaker in a place, as `type/name`.
pub(super) fn arn(target: &Target, resource: &str) -> String {
    format!("arn:{}:sagemaker:{}:{}:{resource}", target.partition, target.region, target.account.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::inference_experiment::InferenceExperiment;

    fn at(second: i64) -> Option<Timestamp> {
        Timestamp::from_second(second).ok()
    }

    fn line(name: &str, created_at: Option<Timestamp>) -> Line {
        let (arn, state) = (format!("arn:made/{name}"), Some("Completed".to_owned()));
        Line { name: name.to_owned(), arn, created_at, modified_at: created_at, state }
    }

    #[test]
    fn what_is_known_takes_its_own_line_by_name_and_leaves_another_of_the_same_name() {
        let told = |line: Line| Resource {
            arn: "arn:told".to_owned(),
            ..line.resource(InferenceExperiment::default().into(), Timestamp::UNIX_EPOCH)
        };
        let mut listed = by_name(vec![line("a", at(10)), line("a", at(20)), line("b", at(10))]);
        assert!(!take(&mut listed, &told(line("a", at(30)))));
        assert!(take(&mut listed, &told(line("a", at(20)))));
        assert!(!take(&mut listed, &told(line("a", at(20)))), "each line is taken once");
        let mut left = listed.into_values().flatten().collect::<Vec<_>>();
        left.sort_unstable_by(|one, other| one.arn.cmp(&other.arn));
        assert_eq!(left, [line("a", at(10)), line("b", at(10))]);
    }
}
