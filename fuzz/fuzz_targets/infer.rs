//! See the property of the same name.
#![no_main]

bellwether_fuzz::target!("infer");
