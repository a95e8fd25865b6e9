//! Entries for fuzzing, which `tests/fuzz` calls; only there with `cfg(fuzzing)`. Each reads bytes as they come, and besides takes them
//! as the content of something that is then sealed, so that mutations get behind checksums and tags too. An entry fails by a panic: the
//! reader's own, or that of an `assert!` which says what must hold of all input.

use std::io::{Cursor, Read, Write};

use tekram_primitives::secret::{Passphrase, Secret32};

use crate::age::{AgeReader, AgeWriter, cost_asked_by};
use crate::frames::{Frames, Stretch};
use crate::header::{Header, UnprovenHeader};
use crate::recovery::RecoveryPhrase;
use crate::way_in::WrappedKey;

pub use crate::backup::fuzzing::{backup, backup_script};
pub use crate::export::fuzzing::{export, export_text};

/// A vault key that is the same in each run.
pub(crate) fn vault_key() -> Secret32 {
    Secret32::new([7; 32])
}

/// A header as a file, and one that says what these bytes say under a right checksum.
pub fn header(bytes: &[u8]) {
    if let Ok(read) = Header::parse(bytes) {
        look(&read);
        assert!(read.prove(&vault_key()).is_err(), "nobody has this key");
    }
    let Ok(claims) = serde_json::from_slice::<Header>(bytes) else {
        return;
    };
    let Ok(file) = claims.proven_by(&vault_key()) else {
        return;
    };
    if let Ok(read) = Header::parse(&file) {
        look(&read);
        assert!(read.claims == claims, "a header is read back as it was");
        assert!(read.clone().prove(&Secret32::new([8; 32])).is_err());
        assert!(read.prove(&vault_key()).is_ok_and(|proven| proven == claims));
    }
}

fn look(read: &UnprovenHeader) {
    let claims = &read.claims;
    let (id, sealer) = (&claims.vault_id, claims.sealer_public_key);
    let (passphrase, key) = (Passphrase::from("tulip harbour"), vault_key());
    let _ = claims.face(&key);
    if let Some(words) = &claims.unchecked_recovery {
        let _ = words.open(id, &key);
    }
    for way_in in &claims.ways_in {
        let _ = (way_in.entry(), way_in.is_outdated(), way_in.key_name());
        // Stretching at the cost that is asked for would be all that is done.
        let cheap = match way_in {
            WrappedKey::Passphrase { argon2id, .. } => {
                argon2id.memory_kib <= 64 && argon2id.passes <= 2 || !argon2id.is_sane()
            }
            _ => true,
        };
        if cheap {
            assert!(!matches!(way_in.try_passphrase(id, sealer, &passphrase), Ok(Some(_))));
        }
        if let Ok(words) = RecoveryPhrase::from_entropy(vault_key()) {
            assert!(!matches!(way_in.try_recovery_phrase(id, sealer, &words), Ok(Some(_))));
        }
    }
}

/// A sealed file as it comes, and one whose content, changes and end are in the bytes: what opens is what was sealed.
pub fn age(bytes: &[u8]) {
    let passphrase = Passphrase::from("tulip harbour");
    // What asks for more than a moment of stretching is only read.
    if cost_asked_by(bytes).is_some_and(|log_n| log_n <= 8 || log_n > 20)
        && let Ok(mut reader) = AgeReader::new(Cursor::new(bytes), &passphrase)
    {
        let _ = reader.read_to_end(&mut Vec::new());
    }
    let _ = age_changed(bytes, &passphrase);
}

/// Two bytes of the content's length (times 8), two of where it is cut, and three for each change: where, and what.
fn age_changed(bytes: &[u8], passphrase: &Passphrase) -> Option<()> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    let (cut, changes) = rest.split_first_chunk::<2>()?;
    let length = usize::from(u16::from_be_bytes(*length)) * 8;
    let plain: Vec<u8> = changes.iter().copied().chain([1]).cycle().take(length).collect();
    let mut writer = AgeWriter::new(Vec::new(), passphrase).ok()?;
    writer.write_all(&plain).ok()?;
    let whole = writer.finish().ok()?;
    let mut sealed = whole.clone();
    sealed.truncate(sealed.len().saturating_sub(usize::from(u16::from_be_bytes(*cut))));
    for change in changes.chunks_exact(3).take(8) {
        let [high, low, flip] = change else { return None };
        let position = usize::from(u16::from_be_bytes([*high, *low]));
        // From the beginning, or from the end.
        let position = if position % 2 == 0 {
            position / 2
        } else {
            sealed.len().saturating_sub(position / 2)
        };
        if let Some(byte) = sealed.get_mut(position) {
            *byte ^= flip;
        }
    }
    if cost_asked_by(&sealed).is_none_or(|log_n| log_n > 8) {
        return None;
    }
    let mut opened = Vec::new();
    let read = AgeReader::new(Cursor::new(&sealed), passphrase)
        .ok()
        .map(|mut reader| reader.read_to_end(&mut opened));
    assert!(plain.starts_with(&opened), "only what was sealed is read");
    if sealed == whole {
        assert!(matches!(read, Some(Ok(_))) && opened == plain);
    } else if sealed.len() != whole.len() {
        assert!(!matches!(read, Some(Ok(_))), "a cut is noticed");
    }
    Some(())
}

/// The frames of an inbox: every byte belongs to a stretch, and a frame that is written behind them is found.
pub fn inbox(bytes: &[u8]) {
    let mut file = bytes.to_vec();
    file.extend(crate::frames::frame(b"the last one").unwrap_or_default());
    let end = u64::try_from(file.len()).unwrap_or(0);
    let mut frames = Frames::new(Cursor::new(&file), end);
    let (mut position, mut last) = (0, Vec::new());
    while let Ok(Some(stretch)) = frames.next() {
        let (start, end) = match stretch {
            Stretch::Frame { start, end, body } => {
                last = body;
                (start, end)
            }
            Stretch::Torn { start, end } => (start, end),
        };
        assert!(start == position && end > start, "stretches follow each other");
        position = end;
    }
    assert!(position == end && last == b"the last one");
}

/// Frames around these bodies.
pub fn inbox_of(bodies: &[&[u8]]) -> Vec<u8> {
    bodies
        .iter()
        .filter_map(|body| crate::frames::frame(body))
        .flatten()
        .collect()
}
