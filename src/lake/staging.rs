//! stub
use std::sync::Arc;
#[derive(Debug)]
pub struct Unit {
    pub target: Arc<crate::organization::Target>,
    pub resources: Vec<Arc<crate::resource::Resource>>,
    pub findings: Vec<crate::finding::Finding>,
    pub coverage: Option<crate::coverage::Coverage>,
}
