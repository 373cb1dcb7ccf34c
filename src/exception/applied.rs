//! Which exception covers a FAIL: the first in the file of those that apply on the day of the run.

use std::{collections::HashMap, sync::Arc};

use super::{Exception, Exceptions};
use crate::{check::Check, organization::Target, resource::Resource};

/// The exceptions that apply in a run.
#[derive(Debug, Clone, Default)]
pub struct Applied {
    in_force: Vec<Arc<Exception>>,
}

/// Those of one place, by check, in the order of the file.
#[derive(Debug, Default)]
pub struct Here<'a> {
    by_check: HashMap<&'static str, Vec<&'a Arc<Exception>>>,
}

impl From<&Exceptions> for Applied {
    fn from(exceptions: &Exceptions) -> Self {
        Self { in_force: exceptions.in_force().cloned().collect() }
    }
}

impl Applied {
    /// Those that may cover findings of these checks in a region of an account.
    pub fn here(&self, target: &Target, checks: &[&'static Check]) -> Here<'_> {
        let Target { account, region, .. } = target;
        let mut here = Here::default();
        let takes = |exception: &&Arc<Exception>| {
            exception.scope.takes_place(account.id, account.ou_path.as_deref(), region.as_str())
        };
        for exception in self.in_force.iter().filter(takes) {
            for check in checks.iter().filter(|check| exception.is_for(check.id)) {
                here.by_check.entry(check.id).or_default().push(exception);
            }
        }
        here
    }
}

impl Here<'_> {
    /// The one that covers a FAIL of this check on a resource of the place.
    pub fn covers(&self, check: &Check, resource: &Resource) -> Option<Arc<Exception>> {
        let candidates = self.by_check.get(check.id)?;
        let found =
            candidates.iter().find(|exception| exception.scope.takes_resource(&resource.arn, &resource.tags))?;
        Some(Arc::clone(found))
    }
}
