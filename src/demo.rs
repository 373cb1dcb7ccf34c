//! An embedded simulated AWS organization: any number of accounts and training jobs, spoken to in AWS's own wire protocols.
//!
//! Nothing is held for a job: the i-th job of an account and region is a function of the seed and its place, so a
//! million jobs cost no memory. What the wire answers and what is true come from the same functions, and tests
//! compare an audit with the latter.
//!
//! ```text
//! shape ──► organization ──► cell ──► job ──► scenario     what there is (draw: chance from the seed)
//!             unit account region     key     record       … and how SageMaker writes it (json)
//! server ──► caller ──► quota ──► fault/mishap ──► world ──► *_api ──► reply, refusal
//! ```
//!
//! Known to differ from AWS: signatures are not verified; `Search` filters by `CreationTime` only and sorts by nothing
//! else; its refusal to page beyond 10,000 hits, the inclusive bounds of `ListTrainingJobs` and most rates are guesses.
//! S3 is what the lake needs of it, in memory: path-style, no versions, no ranges, and only CRC-32 is verified.

mod account;
mod account_api;
mod behaviour;
mod bucket;
mod caller;
mod cell;
mod chaos;
mod chunked;
mod deletion;
mod digits;
mod draw;
mod fault;
mod hostile;
mod inventory;
mod job;
mod json;
mod key;
mod kms_api;
mod mishap;
mod operation;
mod organization;
mod organizations_api;
mod page;
mod quota;
mod record;
mod refusal;
mod region;
mod reply;
mod s3_api;
mod s3_request;
mod sagemaker_api;
mod scenario;
mod search;
mod server;
mod session_policy;
mod shape;
mod signing_key;
mod simulator;
mod sts_api;
mod unit;
mod world;

pub use account::{Account, Standing};
pub use behaviour::{Behaviour, Latency};
pub use bucket::Buckets;
pub use caller::{ACCESS_KEY_ID, SECRET_ACCESS_KEY};
pub use cell::{Access, Cell};
pub use fault::{Fault, FaultRule};
pub use hostile::HOSTILE;
pub use job::{CANARY, InstanceGroup, Job, JobStatus, Parent};
pub use key::KeyKind;
pub use organization::Organization;
pub use quota::{Count, Quotas, Rate};
pub use scenario::{Instances, KeyUse, Scenario};
pub use shape::Shape;
pub use signing_key::SIGNING_KEY;
pub use simulator::{Simulator, serve};
pub use unit::Unit;
