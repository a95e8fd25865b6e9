//! The records that every store is measured with: the same bytes in each. A record has a name of its own and belongs to an artist, by
//! which it is looked up; what else is known of it is JSON, as it is in a store of documents.

/// How many records there are.
pub const RECORDS: u32 = 50_000;
/// How many belong to one artist: what an indexed fetch gets.
pub const OF_ARTIST: u32 = 500;
/// Artists.
pub const ARTISTS: u32 = RECORDS / OF_ARTIST;
/// Records in one transaction.
pub const AT_ONCE: u32 = 10_000;

/// The name of a record.
pub fn name(number: u32) -> String {
    format!("listen-{number:06}")
}

/// Whose it is. Neighbours belong to different artists.
pub fn artist(number: u32) -> String {
    format!("artist-{:03}", number % ARTISTS)
}

/// What else is known of it.
pub fn value(number: u32) -> String {
    format!(
        "{{\"title\":\"Track number {number} of a long evening\",\"album\":\"Album {}\",\"started\":\"2026-03-01T12:{:02}:{:02}Z\",\
         \"playedMs\":{},\"isrc\":\"DEZ6526{number:05}\",\"source\":\"player\",\"device\":\"kitchen radio\",\"ranges\":[[0,{}]]}}",
        number / 12,
        number / 60 % 60,
        number % 60,
        180_000 + number % 90_000,
        180_000 + number % 90_000,
    )
}

/// The numbers of all records in an order that has none: each step is prime to their count.
pub fn at_random() -> impl Iterator<Item = u32> {
    (0..RECORDS).map(|step| (step * 7919 + 13) % RECORDS)
}
