//! How everything goes out and comes in: HTTP requests and Nostr relays, with one context for each persona, intent or desk.
//!
//! What comes from outside is hostile until checked, so the limits live here and not with the callers: size, time,
//! redirects, private addresses, signatures. Two contexts share nothing: no connection, cookie, TLS session or
//! subscription id.
//!
//! ```no_run
//! # async fn example() -> Result<(), tekram_net::FetchError> {
//! use tekram_net::{Http, NetPolicy, Request, WebContext};
//!
//! let web = WebContext::new(NetPolicy::default())?;
//! let feed = web.fetch(Request::get("https://example.org/feed.xml")?.max_bytes(2 * 1024 * 1024)).await?;
//! assert_eq!(feed.status, 200);
//! # Ok(())
//! # }
//! ```

mod address;
mod bus;
mod error;
mod home;
mod http;
mod loopback;
#[cfg(test)]
mod outside_tests;
mod policy;
pub mod pow;
mod redirect;
mod relay;
pub mod sealed;
mod tls;
mod verified;
mod web;
mod webdav;

pub use address::is_public;
pub use bus::{Bus, BusLimits, Dropped, Listening, Published, RelayState, RelayStatus};
pub use error::{BusError, FetchError};
pub use http::{Http, Limits, Method, Request, Response};
pub use loopback::{Arrived, Loopback, LoopbackLimits, Replied};
pub use policy::NetPolicy;
pub use relay::NostrBus;
pub use verified::{EventFault, MAX_EVENT_BYTES, MAX_EVENT_TAGS, VerifiedEvent};
pub use web::WebContext;
pub use webdav::{DavError, DavFile, Transferred, WebDav};
