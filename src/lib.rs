//! bellwether watches drop folders for monthly figures, holds back what is not fit to publish, and tells the group
//! responsible when a measure needs attention.
//!
//! These are the architecture notes. Read this page, then `app/cycle.rs`, and you know the house.
//!
//! # The spine
//!
//! One way in, one way out. [`app::cycle::cycle`] is a short function that names every stage in this order:
//!
//! ```text
//! drop folder → intake → tables → checks → gate → measures → rules → alerts → routing → reports → commit
//!                                                                                                 ⇣ later
//!                                                    outbox: lease → send → record      file: carried to its place
//! ```
//!
//! - **intake** waits until a file has settled and claims it: it moves to a folder of its own below `state/claimed/`. From
//!   then on it is a delivery with an id, found again after a crash. It is known by the hash of its content:
//!   bytes that were decided before change nothing, unless their name now says another dataset or period.
//! - **tables**, **checks**, **gate**: one pass over the file feeds every check and gathers the figures, which are then held
//!   against what is known of their dataset and of others. Findings make the verdict: published, published with warnings,
//!   or quarantined. Rules never see what is quarantined.
//! - **measures**, **rules**, **alerts**: the figures join the history of their dataset; every rule says breach, clear or
//!   cannot tell of every period; the life of each alert is worked out anew from all of them and compared with what was
//!   known. So the order of arrival does not matter, and a restated or late month needs nothing else.
//!   Measures of one's own are worked out of these histories each time, and never stored; rules of other datasets that ask
//!   for the figures are evaluated again with them, in the same commit. Alerts of many series of one parent may be told
//!   as one of the parent, which has a life like theirs.
//! - **routing**, **reports**: what changed becomes one notice for each group concerned, and one message for each of its
//!   recipients and channels.
//! - **commit**: one transaction holds the delivery, its measures' manifest, alerts and their transitions, notices,
//!   messages, and where the file is to go.
//! - **later**, never inside that transaction: the outbox sends, and the file is carried to `published/` or `quarantine/`.
//!   Both are steps that the store remembers and that can be done again.
//!
//! What happens without a new file is beside the spine: `app/reconsider.rs` (a history loaded for the first time, changed
//! rules), `app/reload.rs` (a new configuration), `app/arrivals.rs` (a due day that passed), `app/waiting.rs` (a message that
//! waited), `app/silences.rs`, `app/acts.rs`, `app/overrule.rs` (what people decide over alerts, and over the gate),
//! `app/links/` (the same from a link in a message), `app/reviews.rs` (a review date that passed), `app/escalations.rs` (what
//! nobody looks after), `app/send.rs` (dead letters), `app/receivers.rs` (who takes nothing).
//!
//! # The rooms
//!
//! Imports point down only, and siblings do not import each other. `tests/house.rs` reads this table and holds the sources
//! to it; a room may use the rooms that its row names and no others.
//!
//! | room | may use | what it is |
//! |---|---|---|
//! | [`model`] | | the nouns: delivery, period, value, series, finding, signal, alert, notice; no I/O |
//! | [`spc`] | model, yaml | XmR charts as the NHS reads them: limits, special causes, icons; a measure's settings of them |
//! | [`yaml`] | model | YAML with places: every mistake has its file, line and column, the line, and the nearest name |
//! | [`expr`] | model, spc, yaml | expressions over rows and series, in Rhai with limits |
//! | [`intake`] | model | drop folders: notice, wait until settled, claim, recover |
//! | [`tables`] | model, spc, yaml | bytes to a stream of typed column batches, periods and figures |
//! | [`checks`] | expr, model, yaml | batches, and figures against what is known, to findings; one file a kind |
//! | [`rules`] | expr, model, spc, yaml | a series at a period to a signal; rules' own tests, as data |
//! | [`alerts`] | model | signals of all periods to a life, and what a delivery changed in it |
//! | [`routing`] | model, yaml | what changed to what is said to each group, and when; what is not said |
//! | [`reports`] | model, spc | a notice to HTML, text, JSON and pictures |
//! | [`outbox`] | model, yaml | lease, send, retry, record; channels, one file each |
//! | [`store`] | model | all that is kept, in SQL and the history as Parquet; a dataset's own queries are in `checks/kinds/sql.rs` |
//! | [`config`] | checks, expr, model, outbox, reports, routing, rules, spc, tables, yaml | the home's YAML files to one checked configuration |
//! | [`app`] | alerts, checks, config, expr, intake, model, outbox, reports, routing, rules, store, tables, yaml | wiring: the spine, the daemon, the commands' work; no arithmetic on data |
//! | [`cli`] | app, config, model, rules, store, yaml | the command line: arguments, tables, JSON, exit codes |
//!
//! A room that owns a kind of thing owns its YAML too: a check's or a channel's settings stand beside its code, and
//! [`config`] composes them. Where a room needs persistence it declares a small trait, and [`app`] adapts [`store`] to it.
//! [`checks`], [`rules`], [`alerts`] and [`routing`] decide and do nothing else: time comes in as an argument, effects go
//! out as values.
//!
//! | room | must never know |
//! |---|---|
//! | intake, tables | who is told; whether the data is good |
//! | checks | the store, the clock, alerts |
//! | rules | where history is kept; who is told; the wall clock |
//! | alerts | people, channels, rule syntax |
//! | routing | transports, SQL, rendering |
//! | outbox | why a notice exists |
//! | store | policy: it keeps decisions and makes none |
//!
//! # Promises
//!
//! - A file that was claimed is never lost, and never decided twice to different ends. Bytes are thrown away only after the
//!   same bytes were found in their place.
//! - A message is delivered at least once to each recipient, with an id by which a receiver can tell it comes again. What
//!   cannot be delivered becomes a dead letter, and the operator's group is told. It is told too of a receiver that has
//!   taken nothing for long, or that asks never to be called again: its messages wait.
//! - An alert that fires ends only by a figure that is clear, by figures that take it back, or by a changed rule, and each
//!   is said. A rule that fails, or a figure that is missing, is never "clear".
//! - Nothing is guessed in silence: a cell, period or column that cannot be understood is a finding with its place.
//! - Files, rules and names come from others: scripts run with limits, sizes have bounds, text is escaped where it is shown.
//! - A broken configuration leaves the one in force as it is. A process that is killed at any instruction goes on where it
//!   was.
//!
//! # What a change costs
//!
//! - a rule: one YAML file, with documentation and its own tests inside
//! - a kind of check: one file in `checks/kinds/` (settings, compiled check, tally, documentation), its line in the registry
//!   there, one page in `tests/cases/checks/`. Names, weights, tolerances and `where` are not its business: `checks/policy.rs`
//! - a channel: one file in `outbox/channels/`, its line in the registry there, a test against a receiver

pub mod alerts;
pub mod app;
pub mod checks;
pub mod cli;
pub mod config;
pub mod expr;
pub mod intake;
pub mod model;
pub mod outbox;
pub mod reports;
pub mod routing;
pub mod rules;
pub mod spc;
pub mod store;
pub mod tables;
pub mod yaml;
