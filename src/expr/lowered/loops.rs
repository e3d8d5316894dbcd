//! The loops over the rows of a block: one for each operation, so that what is called in it is known when it is compiled.

use std::array;

use super::{
    blocks::STOPPED,
    tree::{Function, Operator, Order},
};

/// Numbers to read.
pub(super) enum Seen<'a> {
    /// The same in every row.
    One(f64),
    Many(&'a [f64]),
}

/// Rows that are judged at a time. Being known, the compiler packs that many answers into one register: that is three
/// times as fast as row by row.
const LANES: usize = 16;

pub(super) fn apply(function: Function, of: &Seen<'_>, out: &mut [f64]) {
    match function {
        Function::Negate => each(of, out, |x| Function::Negate.apply(x)),
        Function::Abs => each(of, out, |x| Function::Abs.apply(x)),
        Function::Floor => each(of, out, |x| Function::Floor.apply(x)),
        Function::Ceil => each(of, out, |x| Function::Ceil.apply(x)),
        Function::Round => each(of, out, |x| Function::Round.apply(x)),
        Function::RoundTo(scale) => each(of, out, |x| Function::RoundTo(scale).apply(x)),
        Function::Sqrt => each(of, out, |x| Function::Sqrt.apply(x)),
    }
}

pub(super) fn combine(operator: Operator, a: &Seen<'_>, b: &Seen<'_>, out: &mut [f64]) {
    match operator {
        Operator::Add => zip(a, b, out, |a, b| Operator::Add.apply(a, b)),
        Operator::Subtract => zip(a, b, out, |a, b| Operator::Subtract.apply(a, b)),
        Operator::Multiply => zip(a, b, out, |a, b| Operator::Multiply.apply(a, b)),
        Operator::Divide => zip(a, b, out, |a, b| Operator::Divide.apply(a, b)),
        Operator::Remainder => zip(a, b, out, |a, b| Operator::Remainder.apply(a, b)),
        Operator::Power => zip(a, b, out, |a, b| Operator::Power.apply(a, b)),
        Operator::Min => zip(a, b, out, |a, b| Operator::Min.apply(a, b)),
        Operator::Max => zip(a, b, out, |a, b| Operator::Max.apply(a, b)),
    }
}

pub(super) fn compare(order: Order, a: &Seen<'_>, b: &Seen<'_>, out: &mut [u8]) {
    match order {
        Order::Less => judge_both(a, b, out, |a, b| answer(Order::Less, a, b)),
        Order::LessOrEqual => judge_both(a, b, out, |a, b| answer(Order::LessOrEqual, a, b)),
        Order::Greater => judge_both(a, b, out, |a, b| answer(Order::Greater, a, b)),
        Order::GreaterOrEqual => judge_both(a, b, out, |a, b| answer(Order::GreaterOrEqual, a, b)),
        Order::Equal => judge_both(a, b, out, |a, b| answer(Order::Equal, a, b)),
        Order::NotEqual => judge_both(a, b, out, |a, b| answer(Order::NotEqual, a, b)),
    }
}

/// Whether a number is one of a few.
pub(super) fn among(of: &Seen<'_>, all: &[f64], out: &mut [u8]) {
    judge(of, out, |x| u8::from(all.contains(&x)) | stopped(x.is_nan()));
}

#[inline]
fn answer(order: Order, a: f64, b: f64) -> u8 {
    u8::from(order.holds(&a, &b)) | stopped(a.is_nan() | b.is_nan())
}

#[inline]
fn stopped(is_stopped: bool) -> u8 {
    if is_stopped { STOPPED } else { 0 }
}

fn each(of: &Seen<'_>, out: &mut [f64], to: impl Fn(f64) -> f64) {
    match of {
        Seen::One(x) => out.fill(to(*x)),
        Seen::Many(of) => {
            for (out, x) in out.iter_mut().zip(*of) {
                *out = to(*x);
            }
        }
    }
}

pub(super) fn zip(a: &Seen<'_>, b: &Seen<'_>, out: &mut [f64], to: impl Fn(f64, f64) -> f64) {
    match (a, b) {
        (Seen::One(a), b) => each(b, out, |b| to(*a, b)),
        (a, Seen::One(b)) => each(a, out, |a| to(a, *b)),
        (Seen::Many(a), Seen::Many(b)) => {
            for ((out, a), b) in out.iter_mut().zip(*a).zip(*b) {
                *out = to(*a, *b);
            }
        }
    }
}

fn judge(of: &Seen<'_>, out: &mut [u8], to: impl Fn(f64) -> u8) {
    match of {
        Seen::One(x) => out.fill(to(*x)),
        Seen::Many(of) => {
            let ((outs, last_out), (of, last)) = (out.as_chunks_mut::<LANES>(), of.as_chunks::<LANES>());
            for (out, of) in outs.iter_mut().zip(of) {
                *out = of.map(&to);
            }
            for (out, x) in last_out.iter_mut().zip(last) {
                *out = to(*x);
            }
        }
    }
}

fn judge_both(a: &Seen<'_>, b: &Seen<'_>, out: &mut [u8], to: impl Fn(f64, f64) -> u8) {
    match (a, b) {
        (Seen::One(a), b) => judge(b, out, |b| to(*a, b)),
        (a, Seen::One(b)) => judge(a, out, |a| to(a, *b)),
        (Seen::Many(a), Seen::Many(b)) => {
            let (outs, last_out) = out.as_chunks_mut::<LANES>();
            let ((a, last_a), (b, last_b)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
            for ((out, a), b) in outs.iter_mut().zip(a).zip(b) {
                *out = array::from_fn(|lane| to(a[lane], b[lane]));
            }
            for ((out, a), b) in last_out.iter_mut().zip(last_a).zip(last_b) {
                *out = to(*a, *b);
            }
        }
    }
}
