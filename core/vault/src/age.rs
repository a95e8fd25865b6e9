//! Files sealed with a passphrase in the age format (<https://age-encryption.org/v1>), so that the stock tool opens them:
//! `age -d export.age > export.zip`. One recipient of the kind `scrypt`, which age allows only alone, and the payload in
//! chunks of 64 KiB, written and read as a stream.
//!
//! The crate `age` would bring some seventy others with it, a second HPKE and translations among them, for this one kind of
//! recipient; what is here is checked against a file that another implementation made.

use std::io::{self, Read, Seek, SeekFrom, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use ring::{hkdf, hmac};
use tekram_primitives::secret::{Passphrase, Secret32};
use zeroize::Zeroizing;

use crate::error::VaultError;
use crate::way_in::random_bytes;

const VERSION_LINE: &str = "age-encryption.org/v1";
const SALT_LABEL: &[u8] = b"age-encryption.org/v1/scrypt";
/// scrypt's cost for new files: N is 2 to this power, so 64 MiB and a fraction of a second. A phone has no more to give; age's own
/// tools take 256 MiB.
const LOG_N: u8 = if cfg!(fuzzing) { 1 } else { 16 };
/// A file that asks for more is not opened: 1 GiB.
const LOG_N_MOST: u8 = 20;
const FILE_KEY_BYTES: usize = 16;
const SALT_BYTES: usize = 16;
const TAG_BYTES: usize = 16;
const CHUNK_BYTES: usize = 64 * 1024;
/// Longer than any header with one passphrase.
const HEADER_LIMIT_BYTES: u64 = 1024;

/// Whether these first bytes are those of an age file.
pub(crate) fn is_age(beginning: &[u8]) -> bool {
    beginning.starts_with(VERSION_LINE.as_bytes())
}

/// Seals what is written to it. Without [`AgeWriter::finish`] the file is one that was cut, and does not open to its end.
pub(crate) struct AgeWriter<W> {
    out: W,
    key: LessSafeKey,
    chunk: Vec<u8>,
    counter: u64,
}

impl<W: Write> AgeWriter<W> {
    /// Writes the header for a passphrase.
    pub(crate) fn new(mut out: W, passphrase: &Passphrase) -> Result<Self, VaultError> {
        let file_key = Zeroizing::new(random_bytes::<FILE_KEY_BYTES>()?);
        let salt = random_bytes::<SALT_BYTES>()?;
        let mut wrapped = Zeroizing::new(file_key.to_vec());
        aead(stretch(passphrase, &salt, LOG_N)?.expose())?
            .seal_in_place_append_tag(Nonce::assume_unique_for_key([0; 12]), Aad::empty(), &mut *wrapped)
            .map_err(|_| failed())?;
        let mut header = format!(
            "{VERSION_LINE}\n-> scrypt {} {LOG_N}\n{}\n---",
            STANDARD_NO_PAD.encode(salt),
            STANDARD_NO_PAD.encode(&*wrapped)
        );
        let mac = header_mac(&*file_key, &header)?;
        header.push_str(&format!(" {}\n", STANDARD_NO_PAD.encode(mac)));
        let nonce = random_bytes::<SALT_BYTES>()?;
        out.write_all(header.as_bytes())
            .and_then(|()| out.write_all(&nonce))
            .map_err(VaultError::io("writing a sealed file"))?;
        Ok(Self {
            out,
            key: payload_key(&*file_key, &nonce)?,
            chunk: Vec::with_capacity(CHUNK_BYTES + TAG_BYTES),
            counter: 0,
        })
    }

    /// Closes the file.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        self.seal(true)?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn seal(&mut self, last: bool) -> io::Result<()> {
        self.key
            .seal_in_place_append_tag(nonce(self.counter, last), Aad::empty(), &mut self.chunk)
            .map_err(|_| io::Error::other("sealing"))?;
        self.counter += 1;
        self.out.write_all(&self.chunk)?;
        self.chunk.clear();
        Ok(())
    }
}

impl<W: Write> Write for AgeWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A full chunk waits for more: the last one is sealed as such.
        if self.chunk.len() == CHUNK_BYTES {
            self.seal(false)?;
        }
        let taken = bytes.len().min(CHUNK_BYTES - self.chunk.len());
        self.chunk.extend_from_slice(bytes.get(..taken).unwrap_or_default());
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Reads a sealed file, from anywhere in it. A chunk that was changed, moved or cut is an error of the kind `InvalidData`.
pub(crate) struct AgeReader<R> {
    file: R,
    key: LessSafeKey,
    /// Where the chunks begin.
    payload_at: u64,
    /// Bytes of the payload in the clear.
    length: u64,
    position: u64,
    /// The chunk that was read last, in the clear.
    chunk: Zeroizing<Vec<u8>>,
    chunk_number: Option<u64>,
}

impl<R: Read + Seek> AgeReader<R> {
    /// Opens the header. Fails with `not_an_export` for what is no age file, `wrong_passphrase`, and `export_damaged`.
    pub(crate) fn new(mut file: R, passphrase: &Passphrase) -> Result<Self, VaultError> {
        let reading = VaultError::io("reading a sealed file");
        let total = file.seek(SeekFrom::End(0)).map_err(reading)?;
        let mut beginning = Vec::new();
        file.seek(SeekFrom::Start(0))
            .and_then(|_| file.by_ref().take(HEADER_LIMIT_BYTES).read_to_end(&mut beginning))
            .map_err(VaultError::io("reading a sealed file"))?;
        let header = Header::parse(&beginning).ok_or(VaultError::NotAnExport)?;
        if header.log_n > LOG_N_MOST {
            return Err(VaultError::NotAnExport);
        }
        let mut wrapped = Zeroizing::new(header.wrapped.clone());
        let file_key = aead(stretch(passphrase, &header.salt, header.log_n)?.expose())?
            .open_in_place(Nonce::assume_unique_for_key([0; 12]), Aad::empty(), &mut wrapped)
            .map_err(|_| VaultError::WrongPassphrase)?
            .to_vec();
        let file_key = Zeroizing::new(file_key);
        if header_mac(&file_key, header.proven)? != header.mac {
            return Err(damaged());
        }
        let nonce_at = as_u64(header.length);
        let payload_at = nonce_at + as_u64(SALT_BYTES);
        let mut nonce = [0; SALT_BYTES];
        file.seek(SeekFrom::Start(nonce_at))
            .and_then(|_| file.read_exact(&mut nonce))
            .map_err(|_| damaged())?;
        let sealed = total.checked_sub(payload_at).ok_or_else(damaged)?;
        let chunks = sealed.div_ceil(as_u64(CHUNK_BYTES + TAG_BYTES));
        let length = sealed.checked_sub(chunks * as_u64(TAG_BYTES)).filter(|_| chunks > 0);
        let mut reader = Self {
            file,
            key: payload_key(&file_key, &nonce)?,
            payload_at,
            length: length.ok_or_else(damaged)?,
            position: 0,
            chunk: Zeroizing::new(Vec::new()),
            chunk_number: None,
        };
        // The last chunk alone says that nothing behind it was cut.
        reader.load(chunks - 1).map_err(|_| damaged())?;
        Ok(reader)
    }

    fn load(&mut self, number: u64) -> io::Result<()> {
        if self.chunk_number == Some(number) {
            return Ok(());
        }
        self.chunk_number = None;
        let at = self.payload_at + number * as_u64(CHUNK_BYTES + TAG_BYTES);
        self.file.seek(SeekFrom::Start(at))?;
        let mut sealed = Zeroizing::new(Vec::with_capacity(CHUNK_BYTES + TAG_BYTES));
        self.file
            .by_ref()
            .take(as_u64(CHUNK_BYTES + TAG_BYTES))
            .read_to_end(&mut sealed)?;
        let last = (number + 1) * as_u64(CHUNK_BYTES) >= self.length;
        let plain = self
            .key
            .open_in_place(nonce(number, last), Aad::empty(), &mut sealed)
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "a chunk does not authenticate"))?;
        self.chunk = Zeroizing::new(plain.to_vec());
        self.chunk_number = Some(number);
        Ok(())
    }
}

impl<R: Read + Seek> Read for AgeReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.length || into.is_empty() {
            return Ok(0);
        }
        self.load(self.position / as_u64(CHUNK_BYTES))?;
        let within = usize::try_from(self.position % as_u64(CHUNK_BYTES)).unwrap_or(0);
        let mut rest = self.chunk.get(within..).unwrap_or_default();
        let read = rest.read(into)?;
        self.position += as_u64(read);
        Ok(read)
    }
}

impl<R: Read + Seek> Seek for AgeReader<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
        };
        self.position = position.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}

/// A header with one passphrase, as it was read.
struct Header<'a> {
    salt: Vec<u8>,
    log_n: u8,
    wrapped: Vec<u8>,
    mac: Vec<u8>,
    /// What the MAC is over.
    proven: &'a str,
    /// Bytes of the whole.
    length: usize,
}

impl<'a> Header<'a> {
    /// Understands the beginning of a file; `None`: it is no age file, or one for other recipients.
    fn parse(beginning: &'a [u8]) -> Option<Self> {
        let end = beginning.windows(5).position(|part| part == b"\n--- ")? + 1;
        let line = beginning.get(end..)?;
        let line_bytes = line.iter().position(|byte| *byte == b'\n')?;
        let header = std::str::from_utf8(beginning.get(..end + line_bytes)?).ok()?;
        let mut lines = header.split('\n');
        if lines.next()? != VERSION_LINE {
            return None;
        }
        let mut stanza = lines.next()?.strip_prefix("-> scrypt ")?.split(' ');
        let (salt, log_n) = (stanza.next()?, stanza.next()?);
        let wrapped = lines.next()?;
        let mac = lines.next()?.strip_prefix("--- ")?;
        let decimal = !log_n.starts_with('0') && log_n.bytes().all(|byte| byte.is_ascii_digit());
        if stanza.next().is_some() || lines.next().is_some() || !decimal {
            return None;
        }
        let bytes = |text: &str, length: usize| STANDARD_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() == length);
        Some(Self {
            salt: bytes(salt, SALT_BYTES)?,
            log_n: log_n.parse().ok()?,
            wrapped: bytes(wrapped, FILE_KEY_BYTES + TAG_BYTES)?,
            mac: bytes(mac, 32)?,
            proven: header.get(..end + 3)?,
            length: end + line_bytes + 1,
        })
    }
}

/// The cost that the header of a file asks for.
#[cfg(fuzzing)]
pub(crate) fn cost_asked_by(beginning: &[u8]) -> Option<u8> {
    Header::parse(beginning).map(|header| header.log_n)
}

fn stretch(passphrase: &Passphrase, salt: &[u8], log_n: u8) -> Result<Secret32, VaultError> {
    let params = scrypt::Params::new(log_n, 8, 1, 32).map_err(|_| failed())?;
    let mut key = Zeroizing::new([0; 32]);
    scrypt::scrypt(
        passphrase.expose().as_bytes(),
        &[SALT_LABEL, salt].concat(),
        &params,
        &mut *key,
    )
    .map_err(|_| failed())?;
    Ok(Secret32::new(*key))
}

fn header_mac(file_key: &[u8], header: &str) -> Result<Vec<u8>, VaultError> {
    let key = derived(file_key, &[], b"header")?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.expose());
    Ok(hmac::sign(&key, header.as_bytes()).as_ref().to_vec())
}

fn payload_key(file_key: &[u8], nonce: &[u8]) -> Result<LessSafeKey, VaultError> {
    aead(derived(file_key, nonce, b"payload")?.expose())
}

fn derived(file_key: &[u8], salt: &[u8], info: &[u8]) -> Result<Secret32, VaultError> {
    let mut key = Zeroizing::new([0; 32]);
    hkdf::Salt::new(hkdf::HKDF_SHA256, salt)
        .extract(file_key)
        .expand(&[info], hkdf::HKDF_SHA256)
        .and_then(|expanded| expanded.fill(&mut *key))
        .map_err(|_| failed())?;
    Ok(Secret32::new(*key))
}

fn aead(key: &[u8; 32]) -> Result<LessSafeKey, VaultError> {
    UnboundKey::new(&CHACHA20_POLY1305, key)
        .map(LessSafeKey::new)
        .map_err(|_| failed())
}

/// Eleven bytes of the chunk's number, and whether it is the last.
fn nonce(counter: u64, last: bool) -> Nonce {
    let mut nonce = [0; 12];
    for (to, from) in nonce.iter_mut().skip(3).zip(counter.to_be_bytes()) {
        *to = from;
    }
    if let Some(to) = nonce.last_mut() {
        *to = u8::from(last);
    }
    Nonce::assume_unique_for_key(nonce)
}

fn as_u64(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

fn failed() -> VaultError {
    VaultError::Crypto {
        step: "sealing with a passphrase",
    }
}

fn damaged() -> VaultError {
    VaultError::ExportDamaged {
        part: "seal".to_owned(),
    }
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

    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;

    fn passphrase() -> Passphrase {
        Passphrase::from("tulip harbour")
    }

    fn sealed(plain: &[u8]) -> Vec<u8> {
        let mut writer = AgeWriter::new(Vec::new(), &passphrase()).unwrap();
        writer.write_all(plain).unwrap();
        writer.finish().unwrap()
    }

    fn opened(sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        let mut reader = AgeReader::new(Cursor::new(sealed), &passphrase())?;
        let mut plain = Vec::new();
        reader.read_to_end(&mut plain).map_err(|_| damaged())?;
        Ok(plain)
    }

    #[test]
    fn what_is_sealed_opens_whole_at_every_length_around_a_chunk() {
        for length in [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES] {
            let plain: Vec<u8> = (0..=255).cycle().take(length).collect();
            let sealed = sealed(&plain);
            assert!(is_age(&sealed));
            assert_eq!(opened(&sealed).unwrap(), plain, "{length}");
        }
        let mut reader = AgeReader::new(Cursor::new(sealed(&[7; 200_000])), &passphrase()).unwrap();
        assert_eq!(reader.seek(SeekFrom::End(-3)).unwrap(), 199_997);
        let mut rest = Vec::new();
        assert_eq!(reader.read_to_end(&mut rest).unwrap(), 3);
    }

    #[test]
    fn changes_cuts_and_other_passphrases_are_noticed() {
        let sealed = sealed(&[9; CHUNK_BYTES + 100]);
        for position in [60, 100, 170, 220, 300, CHUNK_BYTES, sealed.len() - 1] {
            let mut changed = sealed.clone();
            changed[position] ^= 1;
            assert!(opened(&changed).is_err(), "{position}");
        }
        for length in [10, 100, 200, 250, CHUNK_BYTES, sealed.len() - 116, sealed.len() - 1] {
            assert!(opened(&sealed[..length]).is_err(), "{length}");
        }
        let other = AgeReader::new(Cursor::new(&sealed), &Passphrase::from("another"));
        assert_eq!(other.err().unwrap().code(), "wrong_passphrase");
    }

    /// Made by the reference implementation, filippo.io/age, with the work factor 10: `from another tool` under `tulip harbour`.
    #[test]
    fn a_file_of_another_implementation_opens() {
        let sealed = include_bytes!("../tests/fixtures/age-go.age");
        assert_eq!(opened(sealed).unwrap(), b"from another tool");
    }

    proptest! {
        #[test]
        fn no_bytes_make_reading_a_header_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), text in "(age-encryption.org/v1\n-> scrypt [A-Za-z0-9+/]{0,22} [0-9]{0,4}\n)?\\PC{0,80}\n--- \\PC{0,60}\n") {
            let _ = Header::parse(&bytes);
            let _ = Header::parse(text.as_bytes());
        }
    }
}
