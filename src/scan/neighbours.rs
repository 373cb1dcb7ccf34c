//! What the resource types of one region know of each other, so that nothing is asked twice there. It lives as long as
//! the task of the region.

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;
use tokio::sync::OnceCell;

use super::seen::Before;
use crate::{
    outcome::Refusal,
    resource::{Facts, ResourceType, model_package_group::ApprovedGroups},
    secret::Looked,
};

/// What was found out in one (account, region) tonight that another resource type there looks at.
#[derive(Debug, Default)]
pub struct Neighbours {
    known: Mutex<HashMap<ResourceType, HashMap<String, Facts>>>,
    approved: OnceCell<ApprovedGroups>,
    scripts: Mutex<HashMap<String, Arc<OnceCell<Scripts>>>>,
    before: Mutex<Vec<Before>>,
}

/// What a look for secrets in the scripts of a lifecycle configuration came to.
type Scripts = (Looked, Option<Refusal>);

impl Neighbours {
    /// Remembers a cell that has ended, for the types that are read last.
    pub fn ended(&self, cell: Before) {
        self.before.lock().push(cell);
    }

    /// The cells that have ended, of these types.
    pub fn before(&self, is_wanted: impl Fn(ResourceType) -> bool) -> Vec<Before> {
        self.before.lock().iter().filter(|cell| is_wanted(cell.resource_type)).cloned().collect()
    }

    /// Remembers what was read of a resource, or that it could not be.
    pub fn note(&self, resource_type: ResourceType, name: &str, facts: Facts) {
        self.known.lock().entry(resource_type).or_default().insert(name.to_owned(), facts);
    }

    /// What is remembered of a resource; none where it was not looked for.
    pub fn facts(&self, resource_type: ResourceType, name: &str) -> Option<Facts> {
        self.known.lock().get(&resource_type)?.get(name).cloned()
    }

    /// What a look for secrets in the scripts of a lifecycle configuration came to, which the first who asks takes.
    pub async fn scripts(&self, name: &str, look: impl Future<Output = Scripts> + Send) -> Scripts {
        let known = Arc::clone(self.scripts.lock().entry(name.to_owned()).or_default());
        known.get_or_init(|| look).await.clone()
    }

    /// The model package groups with an approved package, which are read by the first who asks.
    pub async fn approved(&self, read: impl Future<Output = ApprovedGroups> + Send) -> &ApprovedGroups {
        self.approved.get_or_init(|| read).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::model_card::ModelCard;

    #[test]
    fn what_was_noted_is_told_by_type_and_name() {
        let neighbours = Neighbours::default();
        let facts = Facts::from(ModelCard { key: Some("k".to_owned()) });
        neighbours.note(ResourceType::ModelCard, "a", facts.clone());
        assert_eq!(neighbours.facts(ResourceType::ModelCard, "a"), Some(facts));
        assert_eq!(neighbours.facts(ResourceType::ModelCard, "b"), None);
        assert_eq!(neighbours.facts(ResourceType::Model, "a"), None);
    }
}
