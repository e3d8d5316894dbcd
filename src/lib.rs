//! bellwether watches drop folders for monthly figures, holds back what is not fit to publish, and tells the group
//! responsible when a measure needs attention.

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
pub mod store;
pub mod tables;
pub mod yaml;
