//! Who is told what, and when. A tree picks the groups of an alert ([`Route`]); silences and inhibition keep alerts silent
//! ([`Mutes`]); [`compose`] gathers what one delivery changed into what is said to each group; and what waits, for the
//! month's other deliveries or for working hours, is [`Held`]. What nobody looks after is taken further ([`Escalation`]).
//!
//! Everything here decides and does nothing else: the time, what fires and what has arrived are arguments. The tree, time
//! intervals, inhibition and silences behave as in Prometheus Alertmanager, by whose own tests they are tested, with these
//! differences. A repetition is counted in reporting periods. What may not be said now, because of the time, waits and is
//! said later; so does what waits for other deliveries. What is muted is named in the reports that go out.

mod acknowledged;
mod compose;
mod escalation;
mod explain;
mod flapping;
mod hold;
mod inhibit;
mod interval;
mod interval_settings;
mod length;
mod manner;
mod mute;
mod names;
mod policy;
mod repeat;
mod route;
mod settings;
mod silence;
#[cfg(test)]
mod tests;
mod traits;

pub use acknowledged::{Quiet, lapse};
pub use compose::{Composed, Delivered, Outstanding, Speech, Told, Unjudged, compose};
pub use escalation::{
    After, Again, Clock, Due, Escalating, Escalation, EscalationSettings, Outlook, PARENT, ROLES, Step, Target,
    TargetGroup, clock, decide, moments,
};
pub use explain::{Branch, Explanation, Other, Outcome, Receiver, explain};
pub use flapping::{Flapping, Steadiness};
pub use hold::{Held, Standing, merge, standing};
pub use inhibit::{InhibitSettings, Inhibition};
pub use interval::{Interval, Intervals};
pub use interval_settings::{IntervalSettings, NamedIntervalSettings};
pub use length::{Length, LengthError};
pub use manner::{GroupBy, Hold, Manner};
pub use mute::Mutes;
pub use names::Names;
pub use policy::{Policy, PolicySettings};
pub use repeat::Repeat;
pub use route::Route;
pub use settings::RouteSettings;
pub use silence::{SilenceError, SilenceRequest, expire};
pub use traits::Traits;
