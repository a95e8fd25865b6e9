//! Questions to the accepted log. Each is one read transaction; lists come in pages, sums in one pass over the narrow
//! table of plays.

pub(crate) mod counting;
pub(crate) mod days;
pub(crate) mod detail;
pub(crate) mod hours;
pub(crate) mod index;
pub(crate) mod list;
pub(crate) mod newest;
pub(crate) mod scan;
pub(crate) mod stride;
pub(crate) mod subscriptions;
pub(crate) mod totals;
