//! Conditions without the interpreter: what is plain arithmetic, comparison, logic and known functions becomes a small
//! typed tree, which [`blocks`] answers for a thousand rows at a time and [`single`] for one.
//!
//! A tree answers true, false or nothing. Nothing means that the interpreter would not answer either: a division by
//! zero, a figure that is not there. Why, in words and with its place, is for the interpreter to say when somebody asks;
//! so there is one source of words, and the tree needs none. What a tree cannot express (text where a number is needed,
//! `switch`, functions of `.rhai` files) is left to the interpreter altogether.
//!
//! Numbers are finite wherever the interpreter goes on, so NaN stands for "stopped" on the way up.

mod blocks;
mod loops;
mod lower;
mod single;
mod tree;

pub(super) use blocks::{Columns, NO, Pool, STOPPED, Source, YES};
pub(super) use lower::{Named, Vocabulary, lower};
pub(super) use single::{Leaves, answer, length, test};
pub(super) use tree::{Text, TextTest};

use tree::Condition;

/// Longer texts are left to the interpreter, which stops where one of 64 KB arises.
pub(super) const LONGEST_TEXT: usize = 4 << 10;

/// A lowered condition. What it speaks of (columns, figures of a series) stands in slots of type `S`.
#[derive(Debug, Clone)]
pub(super) struct Program<S> {
    condition: Condition,
    /// What the numbers of the condition are.
    pub(super) numbers: Vec<S>,
    /// What the texts of the condition are.
    pub(super) texts: Vec<S>,
    /// The questions about texts, which can be asked beforehand: for each distinct text once.
    pub(super) tests: Vec<TextTest>,
    /// The texts whose lengths are numbers of the condition, likewise.
    pub(super) lengths: Vec<Text>,
}
