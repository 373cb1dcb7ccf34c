//! How the resources of a type are read: most are listed and described alike, the others have ways of their own.

use std::sync::Arc;

use super::Kind;
use crate::{
    organization::Target,
    outcome::Refusal,
    scan::cell::{Cell, Collected},
    session::gate::Gate,
};

/// The reading of a resource type.
pub trait Read: Kind {
    /// Reads all resources of the type in a cell, and delivers them.
    fn collect(cell: &Arc<Cell>) -> impl Future<Output = Collected> + Send;

    /// Tries whether one of [`Kind::ACTIONS`] is allowed; what it answers is not looked at.
    fn probe(gate: &Gate, target: &Target, action: &'static str) -> impl Future<Output = Result<(), Refusal>> + Send;
}
