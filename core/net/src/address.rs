//! Which addresses are public, and name look-ups that refuse the others.
//!
//! A feed or a relay must not be able to make a phone talk to its own network: not by a literal, not by a name that
//! answers with a private address, and not by a name that answers differently the second time. So the addresses that
//! were checked are the ones that are connected to.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use url::{Host, Url};

/// Most addresses taken from one look-up.
const MAX_ANSWERS: usize = 32;

/// Whether an address is globally reachable unicast, by IANA's special-purpose registries (RFC 6890, updated by RFC 8190).
///
/// NAT64 addresses (`64:ff9b::/96`, RFC 6052) count as the IPv4 address inside, because phones on IPv6-only networks see
/// every IPv4 host so. IPv4-mapped, 6to4, Teredo and local-use NAT64 addresses are refused whole: no public name needs them.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !matches!(
        (a, b, c),
        (0 | 10 | 127, _, _)                 // this network, RFC 1918, loopback
            | (100, 64..=127, _)             // shared by carriers (CGNAT, RFC 6598)
            | (169, 254, _)                  // link-local
            | (172, 16..=31, _) | (192, 168, _) // RFC 1918
            | (192, 0, 0 | 2)                // protocol assignments, documentation
            | (192, 88, 99)                  // 6to4 relays, deprecated (RFC 7526)
            | (198, 18..=19, _)              // benchmarking
            | (198, 51, 100) | (203, 0, 113) // documentation
            | (224..=255, _, _) // multicast, reserved, broadcast
    )
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        [0x0064, 0xff9b, 0, 0, 0, 0, high, low] => {
            let [a, b] = high.to_be_bytes();
            let [c, d] = low.to_be_bytes();
            is_public_v4(Ipv4Addr::new(a, b, c, d))
        }
        [0x2001, 0..=0x01ff, ..] | [0x2001, 0x0db8, ..] => false, // protocol assignments with Teredo, documentation
        [0x2002, ..] => false,                                    // 6to4
        [0x3fff, 0..=0x0fff, ..] => false,                        // documentation (RFC 9637)
        [first, ..] => (0x2000..=0x3fff).contains(&first),        // global unicast (RFC 4291 section 2.4)
    }
}

/// Whether an address is this device, or lies in the network that it is in: loopback, RFC 1918, link-local, unique local
/// (RFC 4193). What a carrier or a tunnel hands out is not.
pub(crate) fn is_nearby(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

/// Which addresses a connection may go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Public ones.
    Public,
    /// Any: the person asked for this host and port.
    AskedFor,
    /// Nearby ones: the person said that this host is in their own network, and nothing protects what is sent beyond it.
    Nearby,
}

/// Why a host has no address that may be connected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("private address")]
    Private,
    #[error("not a nearby address")]
    NotNearby,
    #[error("name not found")]
    NotFound,
}

/// The host of a URL, when it is a literal address.
pub(crate) fn literal(url: &Url) -> Option<IpAddr> {
    match url.host()? {
        Host::Ipv4(v4) => Some(IpAddr::V4(v4)),
        Host::Ipv6(v6) => Some(IpAddr::V6(v6)),
        Host::Domain(_) => None,
    }
}

/// Whether a name can only mean something private (RFC 6761, RFC 6762, RFC 8375, ICANN's `.internal`). Look-ups find that
/// out by the address; through a proxy no look-up is made here, so the name decides.
pub(crate) fn is_private_name(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    !host.contains('.')
        || ["localhost", "local", "internal", "home.arpa", "lan", "intranet"]
            .iter()
            .any(|suffix| {
                host.strip_suffix(suffix)
                    .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            })
}

/// Asks for the addresses of a name. A trait, because the answers of a hostile name server cannot be had on 127.0.0.1.
#[async_trait]
pub(crate) trait NameLookup: Send + Sync + fmt::Debug {
    async fn lookup(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>>;
}

/// The system's resolver.
#[derive(Debug)]
pub(crate) struct SystemNames;

#[async_trait]
impl NameLookup for SystemNames {
    async fn lookup(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((host, port)).await?.take(MAX_ANSWERS).collect())
    }
}

/// The addresses of a name. One answer out of reach refuses them all: a name that mixes public and private ones is either
/// broken or an attack.
pub(crate) async fn resolve(
    names: &Arc<dyn NameLookup>,
    host: &str,
    port: u16,
    reach: Reach,
) -> Result<Vec<SocketAddr>, Refusal> {
    let answers = names.lookup(host, port).await.map_err(|_| Refusal::NotFound)?;
    if answers.is_empty() {
        return Err(Refusal::NotFound);
    }
    match reach {
        Reach::Public if answers.iter().any(|answer| !is_public(answer.ip())) => Err(Refusal::Private),
        Reach::Nearby if answers.iter().any(|answer| !is_nearby(answer.ip())) => Err(Refusal::NotNearby),
        Reach::Public | Reach::AskedFor | Reach::Nearby => Ok(answers),
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::panic,
        missing_docs
    )]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn private_and_special_addresses_are_refused() {
        for refused in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.1",
            "198.51.100.7",
            "203.0.113.7",
            "224.0.0.1",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "::127.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "2002:808:808::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(refused.parse().unwrap()), "{refused}");
        }
    }

    #[test]
    fn public_addresses_are_taken() {
        for taken in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450::1",
            "2001:4860:4860::8888",
            "64:ff9b::8.8.8.8",
        ] {
            assert!(is_public(taken.parse().unwrap()), "{taken}");
        }
    }

    #[test]
    fn only_addresses_of_a_network_of_ones_own_are_nearby() {
        for nearby in [
            "127.0.0.1",
            "10.1.2.3",
            "172.31.0.1",
            "192.168.178.20",
            "169.254.3.4",
            "::1",
            "fd12:3456::1",
            "fe80::1",
        ] {
            assert!(is_nearby(nearby.parse().unwrap()), "{nearby}");
        }
        for far in [
            "0.0.0.0",
            "1.1.1.1",
            "100.64.0.1",
            "172.32.0.1",
            "224.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::10.0.0.1",
            "2002:a00:1::1",
            "2606:4700::1111",
        ] {
            assert!(!is_nearby(far.parse().unwrap()), "{far}");
        }
    }

    #[test]
    fn names_that_are_private_by_themselves_are_known() {
        for private in [
            "localhost",
            "LOCALHOST.",
            "a.localhost",
            "printer.local",
            "router.lan",
            "x.home.arpa",
            "intranet",
            "db.internal",
        ] {
            assert!(is_private_name(private), "{private}");
        }
        for public in ["example.org", "notlocalhost.org", "local.example.org", "mylocal.com"] {
            assert!(!is_private_name(public), "{public}");
        }
    }

    proptest! {
        #[test]
        fn what_is_private_stays_private_inside_ipv6(bits in any::<u32>()) {
            let v4 = Ipv4Addr::from(bits);
            prop_assert!(!is_public(IpAddr::V6(v4.to_ipv6_mapped())));
            let [a, b, c, d] = v4.octets().map(u16::from);
            let nat64 = Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, a << 8 | b, c << 8 | d);
            prop_assert_eq!(is_public(IpAddr::V6(nat64)), is_public(IpAddr::V4(v4)));
        }

        #[test]
        fn the_standard_librarys_private_ranges_are_refused(bits in any::<u32>()) {
            let v4 = Ipv4Addr::from(bits);
            if v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_multicast() || v4.is_documentation() {
                prop_assert!(!is_public(IpAddr::V4(v4)));
            }
        }
    }
}
