//! Tags of resources whose description does not carry them: a call for each, made only where a check looks at tags.

use futures::StreamExt as _;

use super::{Facts, Resource};
use crate::{check::Evidence, outcome::Refusal, paging::Pages, scan::cell::Cell, session::gate::Gate};

/// The IAM actions that read tags where a description does not carry them.
pub const TAG_ACTIONS: &[&str] = &[LIST_TAGS];
pub(super) const LIST_TAGS: &str = "sagemaker:ListTags";

/// Calls that are under way at once; the pacing decides how fast they go.
const PARALLEL: usize = 4;

/// Adds the tags to resources. Where they are refused, `refused` notes why in the facts; what is no more keeps none.
pub(super) async fn read(
    cell: &Cell,
    mut resources: Vec<Resource>,
    refused: impl Fn(&mut Facts, String) + Send,
) -> (Vec<Resource>, Option<Refusal>) {
    if !cell.needs(Evidence::Tags) {
        return (resources, None);
    }
    let calls = resources.iter().map(|resource| async {
        // Nothing is judged by the tags of what could not be described.
        if matches!(resource.facts, Facts::Unreadable { .. }) {
            return Ok(Vec::new());
        }
        tags(cell, &resource.arn).await
    });
    let calls = calls.collect::<Vec<_>>();
    let answers = futures::stream::iter(calls).buffered(PARALLEL).collect::<Vec<_>>().await;
    let mut first_refusal = None;
    for (resource, answer) in resources.iter_mut().zip(answers) {
        match answer {
            Ok(tags) => resource.tags.extend(tags),
            Err(refusal) if refusal.is_not_found() => {}
            Err(refusal) => {
                refused(&mut resource.facts, format!("{}: {}", refusal.api, refusal.code));
                first_refusal.get_or_insert(refusal);
            }
        }
    }
    (resources, first_refusal)
}

/// Tries whether the tags of a resource may be read.
pub(super) async fn probe(gate: &Gate, arn: &str) -> Result<(), Refusal> {
    let client = gate.sagemaker();
    gate.call(LIST_TAGS, || client.list_tags().resource_arn(arn).send()).await.map(drop)
}

async fn tags(cell: &Cell, arn: &str) -> Result<Vec<(String, String)>, Refusal> {
    let client = cell.sagemaker();
    let (mut tags, mut pages) = (Vec::new(), Pages::new(LIST_TAGS));
    while pages.more() {
        let send = || client.list_tags().resource_arn(arn).max_results(100).set_next_token(pages.token()).send();
        let answer = cell.gate.call(LIST_TAGS, send).await?;
        cell.step(LIST_TAGS);
        let page = answer.tags();
        let named =
            page.iter().filter_map(|tag| Some((tag.key()?.to_owned(), tag.value().unwrap_or_default().to_owned())));
        tags.extend(named);
        pages.turn(answer.next_token(), page.len())?;
    }
    Ok(tags)
}
