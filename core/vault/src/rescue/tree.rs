//! SQLite's file format as far as reading rows needs it (<https://www.sqlite.org/fileformat2.html>): the trees that tables lie in,
//! walked page by page, so that one damaged page costs the rows on it and what hangs below it, and nothing else. Pure over
//! a source of pages; nothing in a page is believed before it is checked.

use std::collections::BTreeSet;

use rusqlite::types::Value;

/// Gives a page by its number, in the clear; `None` when it cannot be read.
pub(crate) trait Pages {
    /// The page.
    fn page(&mut self, number: u32) -> Option<Vec<u8>>;

    /// Bytes at the end of each page that are not SQLite's.
    fn reserved(&self) -> usize;
}

/// A row as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    /// Of a table with row numbers.
    pub(crate) rowid: Option<i64>,
    /// In the order in which they are stored.
    pub(crate) values: Vec<Value>,
}

/// What a walk finds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Found {
    /// A row, whole.
    Row(Row),
    /// A row that is there and cannot be read to its end.
    LostRow,
    /// A page of the tree that cannot be read: the rows on it, or all that hang below it, are lost.
    LostPage(u32),
}

/// Trees deeper than this are damage: twenty levels hold more pages than a file can.
const DEPTH_LIMIT: usize = 24;
/// No value that SQLite takes is larger.
const PAYLOAD_LIMIT_BYTES: usize = 1_000_000_000;

const INTERIOR_INDEX: u8 = 0x02;
const INTERIOR_TABLE: u8 = 0x05;
const LEAF_INDEX: u8 = 0x0a;
const LEAF_TABLE: u8 = 0x0d;

/// Walks the tree with this root, from left to right, and tells `found` what there is. Stops at the first error of `found`.
pub(crate) fn walk<E>(
    pages: &mut dyn Pages,
    root: u32,
    found: &mut dyn FnMut(Found) -> Result<(), E>,
) -> Result<(), E> {
    let mut seen = BTreeSet::new();
    descend(pages, root, DEPTH_LIMIT, &mut seen, found)
}

fn descend<E>(
    pages: &mut dyn Pages,
    number: u32,
    depth: usize,
    seen: &mut BTreeSet<u32>,
    found: &mut dyn FnMut(Found) -> Result<(), E>,
) -> Result<(), E> {
    // A page that is in the tree twice would give rows twice, or never end.
    if depth == 0 || !seen.insert(number) {
        return found(Found::LostPage(number));
    }
    let Some(page) = pages.page(number) else {
        return found(Found::LostPage(number));
    };
    let Some(head) = Head::of(&page, number, pages.reserved()) else {
        return found(Found::LostPage(number));
    };
    for cell in 0..head.cells {
        let Some(at) = head.cell(&page, cell) else {
            found(Found::LostRow)?;
            continue;
        };
        if let Some(child) = at.child {
            descend(pages, child, depth - 1, seen, found)?;
        }
        if at.has_row {
            let row = payload(pages, &at).and_then(|bytes| record(&bytes)).map(|values| Row {
                rowid: at.rowid,
                values,
            });
            found(row.map_or(Found::LostRow, Found::Row))?;
        }
    }
    match head.right {
        Some(child) => descend(pages, child, depth - 1, seen, found),
        None => Ok(()),
    }
}

/// What a page of a tree says about itself.
struct Head {
    kind: u8,
    cells: usize,
    /// The last child of an interior page.
    right: Option<u32>,
    /// Where the cells' places stand.
    places: usize,
    /// Bytes of the page that are SQLite's.
    usable: usize,
}

/// A cell: a child, a row, or both.
struct Cell {
    child: Option<u32>,
    rowid: Option<i64>,
    has_row: bool,
    /// Bytes of the whole row.
    length: usize,
    /// The part of it that lies on the page.
    local: Vec<u8>,
    /// Where it goes on; 0 when it does not.
    overflow: u32,
    usable: usize,
}

impl Head {
    fn of(page: &[u8], number: u32, reserved: usize) -> Option<Self> {
        // The first page begins with the file's own hundred bytes.
        let start = if number == 1 { 100 } else { 0 };
        let kind = *page.get(start)?;
        let cells = usize::from(u16_at(page, start + 3)?);
        let is_interior = match kind {
            INTERIOR_INDEX | INTERIOR_TABLE => true,
            LEAF_INDEX | LEAF_TABLE => false,
            _ => return None,
        };
        let places = start + if is_interior { 12 } else { 8 };
        let usable = page.len().checked_sub(reserved)?;
        if places + cells * 2 > usable {
            return None;
        }
        Some(Self {
            kind,
            cells,
            right: if is_interior {
                Some(u32_at(page, start + 8)?)
            } else {
                None
            },
            places,
            usable,
        })
    }

    fn cell(&self, page: &[u8], cell: usize) -> Option<Cell> {
        let at = usize::from(u16_at(page, self.places + cell * 2)?);
        let mut rest = page.get(at..self.usable)?;
        let child = match self.kind {
            INTERIOR_INDEX | INTERIOR_TABLE => {
                let (child, after) = rest.split_first_chunk::<4>()?;
                rest = after;
                Some(u32::from_be_bytes(*child))
            }
            _ => None,
        };
        let mut cell = Cell {
            child,
            rowid: None,
            has_row: self.kind != INTERIOR_TABLE,
            length: 0,
            local: Vec::new(),
            overflow: 0,
            usable: self.usable,
        };
        if !cell.has_row {
            return Some(cell);
        }
        let (length, after) = varint(rest)?;
        cell.length = usize::try_from(length)
            .ok()
            .filter(|length| *length <= PAYLOAD_LIMIT_BYTES)?;
        rest = after;
        if self.kind == LEAF_TABLE {
            let (rowid, after) = varint(rest)?;
            cell.rowid = Some(rowid);
            rest = after;
        }
        let here = local_bytes(cell.length, self.usable, self.kind == LEAF_TABLE);
        let (local, after) = rest.split_at_checked(here)?;
        cell.local = local.to_vec();
        if here < cell.length {
            cell.overflow = u32::from_be_bytes(*after.first_chunk()?);
        }
        Some(cell)
    }
}

/// How many bytes of a row of `length` lie on the page itself (file format, section 1.6).
fn local_bytes(length: usize, usable: usize, is_table: bool) -> usize {
    let most = if is_table {
        usable.saturating_sub(35)
    } else {
        (usable.saturating_sub(12) * 64 / 255).saturating_sub(23)
    };
    if length <= most {
        return length;
    }
    let least = (usable.saturating_sub(12) * 32 / 255).saturating_sub(23);
    let rest = length.saturating_sub(least) % usable.saturating_sub(4).max(1);
    if least + rest <= most { least + rest } else { least }
}

/// The whole row's bytes, from the page and the pages it goes on to.
fn payload(pages: &mut dyn Pages, cell: &Cell) -> Option<Vec<u8>> {
    let mut bytes = cell.local.clone();
    let mut next = cell.overflow;
    let mut seen = BTreeSet::new();
    while bytes.len() < cell.length {
        if next == 0 || !seen.insert(next) {
            return None;
        }
        let page = pages.page(next)?;
        next = u32::from_be_bytes(*page.first_chunk()?);
        let room = page.get(4..cell.usable)?;
        bytes.extend_from_slice(room.get(..room.len().min(cell.length - bytes.len()))?);
    }
    Some(bytes)
}

/// A row's values (file format, section 2.1); `None` when the bytes are not one row exactly.
pub(crate) fn record(bytes: &[u8]) -> Option<Vec<Value>> {
    let (head_bytes, after) = varint(bytes)?;
    let head_bytes = usize::try_from(head_bytes).ok()?;
    let mut head = after.get(..head_bytes.checked_sub(bytes.len() - after.len())?)?;
    let mut body = bytes.get(head_bytes..)?;
    let mut values = Vec::new();
    while !head.is_empty() {
        let (serial, rest) = varint(head)?;
        head = rest;
        let length = match serial {
            0 | 8 | 9 => 0,
            1..=4 => usize::try_from(serial).ok()?,
            5 => 6,
            6 | 7 => 8,
            12.. => usize::try_from((serial - 12) / 2).ok()?,
            _ => return None,
        };
        let (value, rest) = body.split_at_checked(length)?;
        body = rest;
        values.push(match serial {
            0 => Value::Null,
            1..=6 => Value::Integer(signed(value)),
            7 => Value::Real(f64::from_be_bytes(value.try_into().ok()?)),
            8 => Value::Integer(0),
            9 => Value::Integer(1),
            even if even % 2 == 0 => Value::Blob(value.to_vec()),
            _ => Value::Text(String::from_utf8(value.to_vec()).ok()?),
        });
    }
    body.is_empty().then_some(values)
}

/// Big endian, two's complement, of 1 to 8 bytes.
fn signed(bytes: &[u8]) -> i64 {
    let negative = bytes.first().is_some_and(|first| first & 0x80 != 0);
    let start = if negative { -1 } else { 0 };
    bytes
        .iter()
        .fold(start, |number, byte| (number << 8) | i64::from(*byte))
}

/// SQLite's variable-length integer: up to nine bytes, the ninth whole. What follows it comes along.
fn varint(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let mut number = 0_u64;
    for (at, byte) in bytes.iter().enumerate().take(9) {
        if at == 8 {
            number = (number << 8) | u64::from(*byte);
        } else {
            number = (number << 7) | u64::from(byte & 0x7f);
            if byte & 0x80 != 0 {
                continue;
            }
        }
        return Some((number.cast_signed(), bytes.get(at + 1..)?));
    }
    None
}

fn u16_at(page: &[u8], at: usize) -> Option<u16> {
    page.get(at..)
        .and_then(|rest| rest.first_chunk())
        .map(|bytes| u16::from_be_bytes(*bytes))
}

fn u32_at(page: &[u8], at: usize) -> Option<u32> {
    page.get(at..)
        .and_then(|rest| rest.first_chunk())
        .map(|bytes| u32::from_be_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        missing_docs
    )]

    use proptest::prelude::*;
    use rusqlite::Connection;

    use super::*;

    /// The pages of an unencrypted database.
    struct Plain(Vec<u8>, usize);

    impl Pages for Plain {
        fn page(&mut self, number: u32) -> Option<Vec<u8>> {
            self.0
                .chunks(self.1)
                .nth(number.checked_sub(1)? as usize)
                .map(<[u8]>::to_vec)
        }

        fn reserved(&self) -> usize {
            0
        }
    }

    fn rows(pages: &mut Plain, root: u32) -> (Vec<Row>, usize) {
        let (mut rows, mut lost) = (Vec::new(), 0);
        walk::<()>(pages, root, &mut |found| {
            match found {
                Found::Row(row) => rows.push(row),
                Found::LostRow | Found::LostPage(_) => lost += 1,
            }
            Ok(())
        })
        .unwrap();
        (rows, lost)
    }

    fn any_value() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<i64>().prop_map(Value::Integer),
            (-300_i64..300).prop_map(Value::Integer),
            any::<f64>()
                .prop_filter("NaN is NULL", |real| !real.is_nan())
                .prop_map(Value::Real),
            "\\PC{0,60}".prop_map(Value::Text),
            prop::collection::vec(any::<u8>(), 0..3000).prop_map(Value::Blob),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn what_sqlite_wrote_is_read_as_sqlite_reads_it(
            values in prop::collection::vec((any::<i64>(), any_value(), any_value()), 0..120),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("plain.db");
            let connection = Connection::open(&path).unwrap();
            connection.execute_batch(
                "PRAGMA page_size = 512; PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY;
                 CREATE TABLE numbered (a, b);
                 CREATE TABLE keyed (k INTEGER, a, b, PRIMARY KEY (k)) WITHOUT ROWID;",
            ).unwrap();
            connection.execute_batch("BEGIN").unwrap();
            for (key, a, b) in &values {
                let row = rusqlite::params![key, a, b];
                connection.execute("INSERT OR IGNORE INTO numbered (rowid, a, b) VALUES (?1, ?2, ?3)", row).unwrap();
                connection.execute("INSERT OR IGNORE INTO keyed (k, a, b) VALUES (?1, ?2, ?3)", row).unwrap();
            }
            connection.execute_batch("COMMIT").unwrap();
            let root = |name: &str| -> u32 {
                connection.query_row("SELECT rootpage FROM sqlite_schema WHERE name = ?1", [name], |row| row.get(0)).unwrap()
            };
            let roots = (root("numbered"), root("keyed"));
            let expected: Vec<(i64, Value, Value)> = connection
                .prepare("SELECT k, a, b FROM keyed ORDER BY k").unwrap()
                .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap()
                .collect::<Result<_, _>>().unwrap();
            drop(connection);
            let mut pages = Plain(std::fs::read(&path).unwrap(), 512);
            let (numbered, lost) = rows(&mut pages, roots.0);
            prop_assert_eq!(lost, 0);
            let found: Vec<_> = numbered.into_iter()
                .map(|row| (row.rowid.unwrap(), row.values[0].clone(), row.values[1].clone())).collect();
            prop_assert_eq!(&found, &expected);
            let (keyed, lost) = rows(&mut pages, roots.1);
            prop_assert_eq!(lost, 0);
            let found: Vec<_> = keyed.into_iter().map(|row| {
                let Value::Integer(key) = row.values[0] else { panic!("{row:?}") };
                (key, row.values[1].clone(), row.values[2].clone())
            }).collect();
            prop_assert_eq!(&found, &expected);
        }

        #[test]
        fn no_bytes_make_walking_panic_or_go_on_for_ever(bytes in prop::collection::vec(any::<u8>(), 0..4096), kind in 0_usize..4, root in 1_u32..9) {
            let mut bytes = bytes;
            for page in bytes.chunks_mut(512) {
                page[0] = [0x02, 0x05, 0x0a, 0x0d][kind];
            }
            let _ = rows(&mut Plain(bytes.clone(), 512), root);
            let _ = record(&bytes);
        }
    }
}
