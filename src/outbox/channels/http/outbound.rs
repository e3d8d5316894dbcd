//! Where messages may go: hosts by name, and the addresses that these names turn out to have.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    str::FromStr,
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use serde::{Deserialize, Deserializer, de};

use super::super::is_loopback;
use crate::yaml::{Located, Place, Problem, Problems};

/// The daemon's `outbound:`.
#[derive(Debug, Clone, Default, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutboundSettings {
    /// The hosts that messages may go to: `hooks.example.org`, or `*.logic.azure.com` for every host below it. Without the
    /// list, any host outside of one's own network. Addresses inside a network are only for hosts that are named in full.
    #[serde(default)]
    pub allow: Option<Vec<Located<HostPattern>>>,
}

/// A host, or with `*.` before it every host below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPattern {
    name: String,
    below: bool,
}

/// Why a text is no host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a host: write hooks.example.org, or *.example.org for every host below it")]
pub struct HostError(String);

impl FromStr for HostPattern {
    type Err = HostError;

    fn from_str(text: &str) -> Result<Self, HostError> {
        let (name, below) = text.strip_prefix("*.").map_or((text, false), |name| (name, true));
        // As addresses have it: in lower case, IPv6 in brackets. A port or a path would be taken for part of the name.
        let host = reqwest::Url::parse(&format!("https://{name}/")).ok();
        let host = host.filter(|url| url.path() == "/" && url.port().is_none() && url.username().is_empty());
        let host = host.and_then(|url| url.host_str().map(str::to_owned)).filter(|host| host.len() == name.len());
        match host {
            Some(name) if !name.contains('*') => Ok(Self { name, below }),
            _ => Err(HostError(text.to_owned())),
        }
    }
}

impl<'de> Deserialize<'de> for HostPattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

crate::model::written_as! { HostPattern, { "type": "string" } }

impl HostPattern {
    fn covers(&self, host: &str) -> bool {
        if self.below {
            host.strip_suffix(&self.name).is_some_and(|left| left.ends_with('.'))
        } else {
            self.name == host
        }
    }
}

impl OutboundSettings {
    /// Whether messages may go to this host, as far as its name tells.
    ///
    /// # Errors
    /// They may not; at this place.
    pub fn check(&self, host: &str, place: &Place) -> Result<(), Problems> {
        let problem = match &self.allow {
            Some(allow) if !allow.iter().any(|pattern| pattern.covers(host)) => {
                format!("{host} is not among the hosts that messages may go to")
            }
            _ => match address(host).filter(|address| !is_public(*address) && !self.may_be_inside(host)) {
                Some(_) => format!("{host} is inside a network"),
                None => return Ok(()),
            },
        };
        Err(Problem::new(place.clone(), problem).hint("add it to `outbound: { allow: […] }` in bellwether.yaml").into())
    }

    /// Whether this host may have an address inside a network: it is named in full, or it is this machine and says so.
    fn may_be_inside(&self, host: &str) -> bool {
        match &self.allow {
            Some(allow) => allow.iter().any(|pattern| !pattern.below && pattern.covers(host)),
            None => is_loopback(host),
        }
    }

    /// Finds the addresses of this host when a connection is made.
    pub(super) fn resolver(&self, host: &str) -> Resolver {
        Resolver { inside: self.may_be_inside(host) }
    }
}

/// The system's resolver, without the addresses that messages must not go to: a name can be pointed elsewhere after it was
/// looked at.
pub(super) struct Resolver {
    inside: bool,
}

/// Every address of a host is one that messages must not go to.
#[derive(Debug, thiserror::Error)]
#[error("{host} has the address {address}, which is inside a network (name the host in `outbound: {{ allow: […] }}`)")]
struct Inside {
    host: String,
    address: IpAddr,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (host, inside) = (name.as_str().to_owned(), self.inside);
        Box::pin(async move {
            let all: Vec<SocketAddr> = tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            let fit: Vec<SocketAddr> = all.iter().copied().filter(|one| inside || is_public(one.ip())).collect();
            match (fit.is_empty(), all.first()) {
                (true, Some(first)) => Err(Inside { host, address: first.ip() }.into()),
                _ => Ok(Box::new(fit.into_iter()) as Addrs),
            }
        })
    }
}

/// A host that is written as an address: it is never resolved.
fn address(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// Whether an address is for everybody: not this machine, a network of one's own, or one kept for other uses.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let kept = a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19));
    !(kept
        || address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, third, .., before_last, last] = address.segments();
    let zeros = address.segments().into_iter().take(5).all(|segment| segment == 0);
    let v4 = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match (first, second) {
        // Addresses of IPv4 in the clothes of IPv6: mapped, translated, and 6to4.
        (0, 0) if zeros => address.to_ipv4_mapped().is_some_and(is_public_v4),
        (0x64, 0xff9b) => is_public_v4(v4(before_last, last)),
        (0x2002, _) => is_public_v4(v4(second, third)),
        // What is handed out to everybody is 2000::/3; documentation is within it.
        (0x2001, 0xdb8) => false,
        _ => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::testing::decode;

    fn settings(text: &str) -> OutboundSettings {
        decode(text).expect(text)
    }

    fn place() -> Place {
        decode::<Located<String>>("x").expect("a text").place
    }

    #[test]
    fn with_a_list_other_hosts_are_refused() {
        let listed = settings("{allow: [hooks.example.org, '*.logic.azure.com', 10.0.0.5]}");
        for host in ["hooks.example.org", "prod-12.uksouth.logic.azure.com", "10.0.0.5"] {
            assert_eq!(listed.check(host, &place()), Ok(()), "{host}");
        }
        for host in [
            "example.org",
            "evil-hooks.example.org",
            "hooks.example.org.evil.org",
            "logic.azure.com",
            "evillogic.azure.com",
            "10.0.0.6",
            "localhost",
            "127.0.0.1",
        ] {
            let said = listed.check(host, &place()).expect_err(host).to_string();
            assert!(said.contains("is not among the hosts that messages may go to"), "{said}");
        }
    }

    #[test]
    fn without_a_list_only_networks_inside_are_refused() {
        let open = OutboundSettings::default();
        for host in ["hooks.example.org", "localhost", "127.0.0.1", "[::1]", "8.8.8.8"] {
            assert_eq!(open.check(host, &place()), Ok(()), "{host}");
        }
        for host in ["10.0.0.5", "192.168.1.1", "169.254.169.254", "[fe80::1]", "[fd00::1]", "0.0.0.0"] {
            let said = open.check(host, &place()).expect_err(host).to_string();
            assert!(said.contains("is inside a network"), "{said}");
        }
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for text in
            ["https://example.org", "example.org:443", "example.org/x", "*", "*.*.org", "", "a b", "*example.org"]
        {
            assert!(text.parse::<HostPattern>().is_err(), "{text}");
        }
        assert!(HostPattern::from_str("Hooks.Example.org").expect("a host").covers("hooks.example.org"));
    }

    /// The ranges of RFC 6890 and of the IANA registries that follow it, an address of each and of its neighbours.
    #[test]
    fn only_addresses_for_everybody_are_public() {
        for inside in [
            "0.0.0.0",
            "10.255.255.255",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.168.0.1",
            "198.18.0.1",
            "198.19.255.255",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "203.0.113.9",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:a00:1::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001:db8::1",
            "::7f00:1",
        ] {
            assert!(!is_public(inside.parse().expect(inside)), "{inside}");
        }
        for outside in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "192.167.0.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
            "2002:808:808::1",
        ] {
            assert!(is_public(outside.parse().expect(outside)), "{outside}");
        }
    }

    #[tokio::test]
    async fn a_name_that_points_inside_is_not_called() {
        let resolve = |inside: bool| Resolver { inside }.resolve("localhost".parse().expect("a name"));
        let refused = resolve(false).await.err().expect("it is this machine").to_string();
        assert!(refused.starts_with("localhost has the address ") && refused.contains("inside a network"), "{refused}");
        assert!(resolve(true).await.expect("it may be inside").next().is_some());
    }
}
