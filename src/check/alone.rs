//! Puts a judgement to facts that stand alone, in tests.

use std::sync::LazyLock;

use super::*;
use crate::secret::Looked;

static TAGS: BTreeMap<String, String> = BTreeMap::new();
static PARAMETERS: LazyLock<Parameters> = LazyLock::new(Parameters::default);
static KEYS: LazyLock<HashMap<String, Arc<Key>>> = LazyLock::new(HashMap::new);

/// A context that knows no key and no tag, with the default parameters.
pub(crate) fn context() -> Context<'static> {
    Context { keys: &KEYS, tags: &TAGS, parameters: &PARAMETERS, organization: None }
}

/// Keys by the texts that name them: `"customer"`, `"aws"`, `"disabled"`, `"missing"`, `"denied"`, `"outside"`.
pub(crate) static NAMED: LazyLock<HashMap<String, Arc<Key>>> = LazyLock::new(|| {
    use crate::kms::{Description, Manager, Usability};
    let described = |manager, usability, state: &str| {
        let arn = "arn:aws:kms:eu-central-1:111111111111:key/1234abcd".to_owned();
        let (deletion_date, created_at, spec, origin, multi_region) = (None, None, None, None, false);
        let state = state.to_owned();
        Key::Described(Description {
            arn,
            manager,
            usability,
            state,
            deletion_date,
            created_at,
            spec,
            origin,
            multi_region,
        })
    };
    let keys = [
        ("customer", described(Manager::Customer, Usability::Usable, "Enabled")),
        ("aws", described(Manager::Aws, Usability::Usable, "Enabled")),
        ("disabled", described(Manager::Customer, Usability::StateForbids, "Disabled")),
        ("missing", Key::NotFound),
        ("denied", Key::Unreadable { why: "kms:DescribeKey: AccessDeniedException".to_owned() }),
        ("outside", Key::OutsideOrganization { account: "999999999999".parse().unwrap() }),
    ];
    keys.into_iter().map(|(text, key)| (text.to_owned(), Arc::new(key))).collect()
});

/// A context that knows the keys of [`NAMED`].
pub(crate) fn with_keys() -> Context<'static> {
    Context { keys: &NAMED, ..context() }
}

/// Status and code of what a check says of facts.
pub(crate) fn told(check: &Check, facts: impl Into<Facts>, context: Context<'_>) -> (Status, String) {
    let verdict = check.evaluate(&facts.into(), context).unwrap();
    assert_eq!(verdict.evidence.is_some(), matches!(verdict.status, Status::Fail | Status::Unknown), "{}", check.id);
    (verdict.status, verdict.reason_code().into_owned())
}

/// Holds that a check goes by the tags of what it judges, whose facts tell why they were refused.
pub(crate) fn tags_decide<F: Into<Facts>>(check: &Check, facts: impl Fn(Option<String>) -> F) {
    let tags = BTreeMap::from([("owner".to_owned(), "ml".to_owned())]);
    let tagged = Context { tags: &tags, ..context() };
    assert_eq!(told(check, facts(None), tagged).0, Status::Pass);
    assert_eq!(told(check, facts(None), context()).0, Status::Fail);
    let refused = Some("sagemaker:ListTags: AccessDeniedException".to_owned());
    assert_eq!(told(check, facts(refused), tagged).0, Status::Unknown);
}

/// Holds that a check goes by what was seen in the texts of what it judges.
pub(crate) fn secrets_decide<F: Into<Facts>>(check: &Check, facts: impl Fn(Looked) -> F) {
    assert_eq!(told(check, facts(Looked::Nothing), context()).0, Status::NotApplicable);
    assert_eq!(told(check, facts(Looked::through([])), context()).0, Status::Pass);
    assert_eq!(told(check, facts(Looked::Never), context()).0, Status::Unknown);
}
