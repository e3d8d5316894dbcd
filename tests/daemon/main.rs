//! The real program, from outside: files in, messages out, and everything that can go wrong between.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper of a test fails by panicking, as the test does")]

mod channels;
mod crash;
mod email;
mod idle;
mod manners;
mod receivers;
mod watching;
mod webhooks;

mod support;
