//! Who is told what: the routing tree picks the groups of an alert, and [`compose`] gathers what one delivery changed
//! into one notice for each of them.

mod compose;
mod route;

pub use compose::{Delivered, Outstanding, Told, Unjudged, compose};
pub use route::{Route, RouteSettings, Traits};
