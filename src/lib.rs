//! sagesweep audits the SageMaker resources of every account of an AWS Organization, in every enabled region, and
//! leaves an answer that an auditor can trust: findings as Parquet, and coverage that says what was not seen.
//!
//! # The way of the data
//!
//! ```text
//! organization ──► session ───► scan ─────► resource ───► check ─────► lake::staging ─► lake::publish ─► tables
//! accounts in      AssumeRole,  cells:      Search, or    pure         sorted parts     merge, files,    findings
//! scope, units,    regions,     account ×   List and      functions    of complete      one last PUT     resources
//! tags             a gate each  region ×    Describe      over facts   units            ▲                coverage, runs
//!                               type                                                    │ what stands    and what is
//!                                                                                    the run before     told of them
//! ```
//!
//! * A **cell** is one resource type in one (account, region): it has exactly one row of coverage in each run. Its
//!   resources come in **units**, a page or so each, that are judged and staged as they come. They count once the slice
//!   of the cell that they belong to, or the whole cell, was read to its end.
//! * [`session::gate::Gate`] is the one way to make a call: it waits for the [`throttle`], makes the call through the
//!   one HTTP client, and turns an error into a [`outcome::Refusal`], once. A refusal is data: it becomes coverage.
//! * [`resource`] turns answers into small facts at once; [`check`] judges facts and [`kms`] keys, without client, clock
//!   or I/O. What cannot be read is UNKNOWN.
//! * [`lake`] has one definition of each table's columns. [`Run::scan`] only adds staged parts; [`Run::publish`] makes
//!   them visible with one last object, or not at all. What was published has a manifest, and the manifests are a
//!   chain, signed where that is asked for: [`verify()`](verify::verify) holds the store against it. The same columns make
//!   Athena's DDL ([`lake::athena`]) and the Glue catalog ([`lake::glue`]); [`lake::view`] has the questions asked of them.
//!
//! # What changed
//!
//! While publish merges the findings it holds them against what the run before left standing ([`lake::standing`]): two
//! sorted streams side by side. Of that come `finding_events`, the beginnings of streaks in `findings`, and what stands now.
//!
//! # Asked on this machine
//!
//! [`query`] answers SQL with an embedded engine: the text of the views is that of Athena, and the functions of Athena that
//! the engine lacks are given to it. It sees the lake through one object store over ours, which shows the runs that have a
//! commit and can write nothing. Where its answers and those of DuckDB and Spark differ, a test fails.
//!
//! # How resources are read
//!
//! Each type has a file in [`resource`] and says how it is read. Nearly all are listed and described one by one, by
//! [`resource::listed`]; what several resources of a region share, such as the scripts of notebooks and the definitions of
//! monitoring schedules, is read once ([`scan::neighbours`]). A region counts as denied once its first types were.
//!
//! Training jobs are too many for that. `Search` gives 100 full records a call and is an index: it lags, and can be
//! narrowed. So their cell begins with the newest page of the listing, which tells in one call that there are none, and
//! holds the search against it afterwards: see [`resource::training_job::collect`].
//!
//! What a fact alone does not tell stands in data files: which instance types have local storage ([`instance_type`]), whose
//! registries hold SageMaker's images ([`image`]), what a secret looks like ([`secret`]).
//!
//! [`doctor`] makes the calls of a night before the first one, and says what would fail.
//!
//! # What is read last
//!
//! Customer managed keys and a region as a whole are listed by nobody: they are told from what the cells before them in the
//! region saw ([`scan::seen`]), which is staged with their units, and are no more certain than these.
//!
//! # What goes first
//!
//! [`throttle`] gives each API of a place its turn. [`scan`] begins with the accounts that cost most last night, and a
//! cell that turns out heavy makes way for small ones and goes on among the heavy, the one with the most left first.
//!
//! # The night after
//!
//! What has ended never changes. [`lake::last_night`] reads the last published run back, and [`scan::past`] says which cells
//! may build on it: [`resource::training_job`] asks only for what came since, and [`resource::listed`] describes only what
//! the listing shows as new or changed. What is taken over is judged anew.
//!
//! # Stopped, divided, started twice
//!
//! * A [`plan`] of a run is written down once: with what it is made, the accounts, and which [`plan::shard`] scans which.
//!   Of two who start the same night the first names the run ([`lake::claim`]), and one process at a time works on a shard
//!   ([`lake::lease`]).
//! * A part of [`lake::staging`] remembers its units, sealed with their hash ([`lake::sealed`]). From them the
//!   [`lake::staging::ledger`] tells what need not be asked again, and which rows count: those of the last reading of a
//!   cell that ended, and of the slices that it counts on.
//! * Publishing leaves evidence: [`lake::manifest`]s in a chain, which [`verify`] recomputes and [`signing`] signs.
//!
//! # What need not hold
//!
//! [`exception`]: a file of exceptions is read once, before anything is scanned, and its text goes into the [`plan`]. Where a
//! FAIL is judged, the first that covers it goes along into the row of the finding, whose status stays; publish counts what
//! each covered, and the summary, the log and `runs` name those that have ended, end soon or cover nothing.
//!
//! # Read back
//!
//! [`lake::published`] finds a run as a person names it and reads its tables, held against their manifest, a batch at a time:
//! [`diff`] walks two of them side by side, and [`export`] writes one in the forms of others. [`report::html`] asks the views as
//! of a run and writes one file: what leads as markup, what is long packed by columns for the script of the page.
//!
//! # Acted on
//!
//! [`remediate`] fills the values of a resource into what mends it, and makes the input of a training job again.
//! [`guardrail`] makes the policies that refuse what checks fail, and puts their conditions to what is recorded. Both print.
//!
//! # Told
//!
//! After publish, [`notify`] makes one digest of a run from its tables, and tells it to a topic, an event bus or a webhook.
//!
//! # What it costs and what it may
//!
//! [`throttle::Watch`] counts each attempt of each client, also of the lake's, but for those that sign, into the run's [`effort::Effort`], which
//! becomes columns of `runs` and [`report::emf`] lines. [`limits`] keeps sockets and files below what the machine bears.
//! IAM actions stand beside the calls and at what a check needs; [`session::policy`] makes every policy of them.
//! Names come from outside: [`printable`] says what may be shown, and [`logs`] spells out the rest. Values of scripts,
//! environments and hyperparameters are looked at by [`secret`] where they are read, and kept nowhere.
//!
//! Tests and the demo speak to [`demo`], a simulated organization on the wire protocols of AWS.

mod built;
pub mod check;
pub mod cli;
pub mod command;
pub mod config;
pub mod coverage;
#[cfg(feature = "demo")]
pub mod demo;
pub mod diff;
pub mod doctor;
pub mod effort;
pub mod exception;
pub mod exit;
pub mod export;
pub mod finding;
#[cfg(test)]
mod generated;
pub mod glob;
pub mod guardrail;
pub mod image;
pub mod init;
pub mod instance_type;
pub mod kms;
pub mod lake;
pub mod limits;
pub mod logs;
pub mod notify;
pub mod organization;
pub mod outcome;
mod output;
pub mod paging;
pub mod place;
pub mod plan;
mod pretty;
pub mod printable;
pub mod progress;
pub mod query;
pub mod region;
pub mod remediate;
pub mod report;
pub mod resource;
pub mod run;
pub mod scan;
pub mod secret;
pub mod session;
pub mod signing;
pub mod throttle;
pub mod verify;
mod width;
mod wrap;

pub use run::{Incomplete, Run, RunError};
