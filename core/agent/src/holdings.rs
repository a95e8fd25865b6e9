//! What a person keeps about themselves and their dealings: attributes, credentials, purchases, memberships, preferences and
//! files, and the holding pen in which everything that comes from outside waits first.

mod attribute;
mod claims;
mod credential;
mod file;
mod holder;
mod import;
mod issuer;
mod membership;
mod pen;
mod purchase;
mod purchase_source;

pub use attribute::{AttributeView, attribute_text};
pub use claims::ClaimView;
pub use credential::{CredentialState, CredentialView};
pub use file::FileView;
pub use import::{PenArrived, PenFault};
pub use membership::{MembershipView, PreferenceView};
pub use pen::{PenItemView, PenKind, PenPage};
pub use purchase::{PurchaseItemView, PurchaseView};
pub(crate) use purchase_source::SCHEMA_OF_PURCHASES;
