//! Links that are not ours, counted by where they come from.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    time::{Duration, Instant},
};

use axum::http::HeaderMap;

/// How many links that are not ours are looked at one after the other, and after how long there is one more.
const PATIENCE: f64 = 30.0;
const ONE_MORE: Duration = Duration::from_secs(2);
/// How many addresses are told apart; those beyond are counted as one.
const KNOWN: usize = 1024;

/// Who has come with links that are not ours, each with how many more are looked at.
#[derive(Debug, Default)]
pub(super) struct Strangers {
    known: HashMap<Option<IpAddr>, (Instant, f64)>,
}

impl Strangers {
    /// Counts a link that is not ours; whether there have been too many from there.
    pub(super) fn is_overrun(&mut self, from: IpAddr, now: Instant) -> bool {
        let mut from = Some(network(from));
        if !self.known.contains_key(&from) && self.known.len() >= KNOWN {
            self.known.retain(|_, known| left(*known, now) < PATIENCE);
            from = from.filter(|_| self.known.len() < KNOWN);
        }
        let left = left(*self.known.entry(from).or_insert((now, PATIENCE)), now);
        self.known.insert(from, (now, (left - 1.0).max(0.0)));
        left < 1.0
    }
}

fn left((last, left): (Instant, f64), now: Instant) -> f64 {
    (left + now.saturating_duration_since(last).div_duration_f64(ONE_MORE)).min(PATIENCE)
}

/// Of IPv6 the network: one customer has 2^64 addresses.
fn network(from: IpAddr) -> IpAddr {
    match from.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
        address @ IpAddr::V4(_) => address,
    }
}

/// Where a request comes from: the other end of its connection; what a reverse proxy on this machine says it is, where there
/// is one. Of several it is the last: those before it are what the client says.
pub(super) fn source(peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let forwarded = headers.get_all("x-forwarded-for").iter().next_back().and_then(|value| value.to_str().ok());
    let said = forwarded.and_then(|list| list.rsplit(',').next()?.trim().parse().ok());
    said.filter(|_| peer.to_canonical().is_loopback()).unwrap_or(peer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn who_tries_many_is_told_so_and_others_are_not() {
        let (mut strangers, begun) = (Strangers::default(), Instant::now());
        let (one, other) = (address("203.0.113.7"), address("203.0.113.8"));
        for _ in 0..30 {
            assert!(!strangers.is_overrun(one, begun));
        }
        assert!(strangers.is_overrun(one, begun));
        assert!(!strangers.is_overrun(other, begun));
        let later = begun + Duration::from_secs(2);
        assert!(!strangers.is_overrun(one, later), "one more after two seconds");
        assert!(strangers.is_overrun(one, later));
    }

    #[test]
    fn however_many_come_what_is_known_of_them_has_a_bound() {
        let (mut strangers, begun) = (Strangers::default(), Instant::now());
        let nth = |n: u32| IpAddr::from(n.to_be_bytes());
        let overrun: Vec<bool> = (0..5000).map(|n| strangers.is_overrun(nth(n), begun)).collect();
        assert!(strangers.known.len() <= KNOWN + 1, "{}", strangers.known.len());
        assert!(!overrun[..1024].contains(&true) && overrun[4999], "those beyond are counted as one");
        // After a minute all of them may try again.
        assert!(!strangers.is_overrun(nth(4999), begun + Duration::from_secs(61)));
        assert!(strangers.known.len() < 10);
    }

    #[test]
    fn a_network_of_version_6_is_one() {
        let (mut strangers, begun) = (Strangers::default(), Instant::now());
        let overrun = (0..40).map(|n| strangers.is_overrun(address(&format!("2001:db8:1:2::{n:x}")), begun));
        assert_eq!(overrun.filter(|overrun| *overrun).count(), 10);
        assert!(!strangers.is_overrun(address("2001:db8:1:3::1"), begun));
    }

    #[test]
    fn only_a_proxy_on_this_machine_says_where_a_request_comes_from() {
        let mut headers = HeaderMap::new();
        assert_eq!(source(address("127.0.0.1"), &headers), address("127.0.0.1"));
        headers.append("x-forwarded-for", "10.0.0.1, 203.0.113.7".parse().expect("a value"));
        assert_eq!(source(address("127.0.0.1"), &headers), address("203.0.113.7"));
        assert_eq!(source(address("::ffff:127.0.0.1"), &headers), address("203.0.113.7"));
        assert_eq!(source(address("198.51.100.9"), &headers), address("198.51.100.9"));
        headers.append("x-forwarded-for", "nonsense".parse().expect("a value"));
        assert_eq!(source(address("127.0.0.1"), &headers), address("127.0.0.1"));
    }
}
