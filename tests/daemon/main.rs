//! The real program, from outside: files in, messages out, and everything that can go wrong between.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper of a test fails by panicking, as the test does")]

mod crash;
mod email;
mod idle;
mod manners;
mod watching;
mod webhooks;

mod support;
