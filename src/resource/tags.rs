//! Tags of resources whose description does not carry them: a call for each, made only where a check looks at tags.

use futures::StreamExt as _;

use super::{Facts, Resource, listed::Denials};
use crate::{check::Evidence, outcome::Refusal, paging::Pages, scan::cell::Cell, session::gate::Gate};

/// The IAM actions that read tags where a description does not carry them.
pub const TAG_ACTIONS: &[&str] = &[LIST_TAGS];
pub(super) const LIST_TAGS: &str = "sagemaker:ListTags";

/// Calls that are under way at once; the pacing decides how fast they go.
const PARALLEL: usize = 4;

/// Adds the tags to resources. Where they are refused, `refused` notes why in the facts; what is no more is left out. After
/// some denials in a row the others count as denied too, unasked.
pub(super) async fn read(
    cell: &Cell,
    resources: Vec<Resource>,
    refused: impl Fn(&mut Facts, String) + Send,
) -> (Vec<Resource>, Option<Refusal>) {
    if !cell.needs(Evidence::Tags) {
        return (resources, None);
    }
    // Nothing is judged by the tags of what could not be described.
    let (undescribed, described): (Vec<_>, Vec<_>) =
        resources.into_iter().partition(|resource| matches!(resource.facts, Facts::Unreadable { .. }));
    let (mut answers, mut denials) = (Vec::with_capacity(described.len()), Denials::default());
    for chunk in described.chunks(PARALLEL) {
        if let Some(refusal) = denials.instead() {
            answers.extend(chunk.iter().map(|_| Err(refusal.clone())));
            continue;
        }
        let calls = chunk.iter().map(|resource| tags(cell, &resource.arn)).collect::<Vec<_>>();
        for answer in futures::stream::iter(calls).buffered(PARALLEL).collect::<Vec<_>>().await {
            denials.count(answer.as_ref().err());
            answers.push(answer);
        }
    }
    let (mut resources, first_refusal) = with(described.into_iter().zip(answers), refused);
    resources.extend(undescribed);
    (resources, first_refusal)
}

type Tags = Vec<(String, String)>;

/// Resources with the answers about their tags.
fn with(
    answered: impl Iterator<Item = (Resource, Result<Tags, Refusal>)>,
    refused: impl Fn(&mut Facts, String),
) -> (Vec<Resource>, Option<Refusal>) {
    let (mut resources, mut first_refusal) = (Vec::new(), None);
    for (mut resource, answer) in answered {
        match answer {
            Ok(tags) => resource.tags.extend(tags),
            Err(refusal) if refusal.is_not_found() => continue,
            Err(refusal) => {
                refused(&mut resource.facts, format!("{}: {}", refusal.api, refusal.code));
                first_refusal.get_or_insert(refusal);
            }
        }
        resources.push(resource);
    }
    (resources, first_refusal)
}

/// Tries whether the tags of a resource may be read.
pub(super) async fn probe(gate: &Gate, arn: &str) -> Result<(), Refusal> {
    let client = gate.sagemaker();
    gate.call(LIST_TAGS, || client.list_tags().resource_arn(arn).send()).await.map(drop)
}

async fn tags(cell: &Cell, arn: &str) -> Result<Tags, Refusal> {
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::Timestamp;

    use super::*;
    use crate::{coverage::Outcome, resource::model_card::ModelCard};

    fn card(name: &str) -> Resource {
        Resource {
            arn: format!("arn:{name}"),
            name: name.to_owned(),
            created_at: None,
            modified_at: None,
            state: None,
            origin: None,
            role_arn: None,
            tags: BTreeMap::new(),
            observed_at: Timestamp::UNIX_EPOCH,
            facts: ModelCard::default().into(),
        }
    }

    #[test]
    fn what_is_no_more_is_left_out_and_a_refusal_is_noted() {
        let refusal = |outcome, code| Refusal::new(outcome, LIST_TAGS, code, "");
        let denied = refusal(Outcome::AccessDenied, "AccessDeniedException");
        let answers = [
            (card("tagged"), Ok(vec![("owner".to_owned(), "me".to_owned())])),
            (card("gone"), Err(refusal(Outcome::Error, "ResourceNotFound"))),
            (card("denied"), Err(denied.clone())),
        ];
        let note = |facts: &mut Facts, why| *facts = ModelCard { key: Some(why) }.into();
        let (resources, first_refusal) = with(answers.into_iter(), note);
        let tags = BTreeMap::from([("owner".to_owned(), "me".to_owned())]);
        let why = Some("sagemaker:ListTags: AccessDeniedException".to_owned());
        let noted = Resource { facts: ModelCard { key: why }.into(), ..card("denied") };
        assert_eq!(resources, [Resource { tags, ..card("tagged") }, noted]);
        assert_eq!(first_refusal, Some(denied));
    }
}
