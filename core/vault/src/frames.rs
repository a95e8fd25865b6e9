//! The inbox's file format: frames one after the other, each with a mark, its length, a checksum and its body. A frame
//! that was cut by a crash is found by its checksum; reading goes on at the next mark, and what was skipped is named,
//! so that it can be kept.
//!
//! A frame is the mark `TKINBOX1` (8 bytes), the body's length (4, big endian), the first 16 bytes of SHA-256 over
//! length and body, the body, and a zero byte.

use std::io::{self, Read, Seek, SeekFrom};

use tekram_primitives::canonical::sha256_of_parts;

const MARK: &[u8; 8] = b"TKINBOX1";
/// Ends a frame. The mark does not have this byte, so the beginning of the next frame never completes a cut one by
/// chance, which would cost the next one its own beginning.
const END: u8 = 0;
const CHECKSUM_BYTES: usize = 16;
const HEAD_BYTES: usize = MARK.len() + 4 + CHECKSUM_BYTES;
/// Larger frames are not written, and not believed.
pub(crate) const LIMIT_BYTES: usize = 1024 * 1024 + 1024;

/// One stretch of the file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Stretch {
    /// A whole frame.
    Frame {
        /// Where it lies in the file.
        start: u64,
        /// Where it ends.
        end: u64,
        /// What it carries.
        body: Vec<u8>,
    },
    /// Bytes that are no frame: an append that was cut, or damage.
    Torn {
        /// Where they begin.
        start: u64,
        /// Where they end.
        end: u64,
    },
}

/// A frame around `body`.
pub(crate) fn frame(body: &[u8]) -> Option<Vec<u8>> {
    let length = u32::try_from(body.len())
        .ok()
        .filter(|_| body.len() <= LIMIT_BYTES)?
        .to_be_bytes();
    let mut frame = Vec::with_capacity(HEAD_BYTES + body.len() + 1);
    frame.extend_from_slice(MARK);
    frame.extend_from_slice(&length);
    frame.extend_from_slice(&checksum(length, body)?);
    frame.extend_from_slice(body);
    frame.push(END);
    Some(frame)
}

/// Reads stretches up to `end`, one frame in memory at a time.
pub(crate) struct Frames<F> {
    file: F,
    position: u64,
    end: u64,
}

impl<F: Read + Seek> Frames<F> {
    /// Reads `file` from its beginning to `end`.
    pub(crate) fn new(file: F, end: u64) -> Self {
        Self { file, position: 0, end }
    }

    /// The next stretch; `None` at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Stretch>> {
        let start = self.position;
        if start >= self.end {
            return Ok(None);
        }
        let stretch = match self.frame_at(start)? {
            Some((end, body)) => {
                self.position = end;
                Stretch::Frame { start, end, body }
            }
            None => {
                let end = self.next_mark(start + 1)?;
                self.position = end;
                Stretch::Torn { start, end }
            }
        };
        Ok(Some(stretch))
    }

    fn frame_at(&mut self, start: u64) -> io::Result<Option<(u64, Vec<u8>)>> {
        let head_bytes = as_u64(HEAD_BYTES);
        if self.end - start < head_bytes {
            return Ok(None);
        }
        self.file.seek(SeekFrom::Start(start))?;
        let mut mark = [0; 8];
        let mut length = [0; 4];
        let mut expected = [0; CHECKSUM_BYTES];
        for part in [&mut mark[..], &mut length[..], &mut expected[..]] {
            self.file.read_exact(part)?;
        }
        let body_bytes = u32::from_be_bytes(length);
        let end = start + head_bytes + u64::from(body_bytes) + 1;
        let Ok(body_bytes) = usize::try_from(body_bytes) else {
            return Ok(None);
        };
        if &mark != MARK || body_bytes > LIMIT_BYTES || end > self.end {
            return Ok(None);
        }
        let mut body = vec![0; body_bytes];
        let mut last = [0];
        self.file.read_exact(&mut body)?;
        self.file.read_exact(&mut last)?;
        if last != [END] {
            return Ok(None);
        }
        Ok((checksum(length, &body) == Some(expected)).then_some((end, body)))
    }

    /// Where the next mark begins at or after `from`, or the end.
    fn next_mark(&mut self, from: u64) -> io::Result<u64> {
        const CHUNK: u64 = 64 * 1024;
        let mut from = from;
        while from < self.end {
            self.file.seek(SeekFrom::Start(from))?;
            let mut chunk = Vec::new();
            self.file
                .by_ref()
                .take(CHUNK.min(self.end - from))
                .read_to_end(&mut chunk)?;
            if let Some(found) = chunk.windows(MARK.len()).position(|part| part == MARK) {
                return Ok(from + as_u64(found));
            }
            // A mark may lie across two chunks.
            let stepped = as_u64(chunk.len()).saturating_sub(as_u64(MARK.len()) - 1);
            if stepped == 0 {
                break;
            }
            from += stepped;
        }
        Ok(self.end)
    }
}

fn checksum(length: [u8; 4], body: &[u8]) -> Option<[u8; CHECKSUM_BYTES]> {
    sha256_of_parts(&[&length, body]).first_chunk().copied()
}

fn as_u64(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
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

    fn bodies(bytes: &[u8]) -> (Vec<Vec<u8>>, u64) {
        let mut frames = Frames::new(Cursor::new(bytes), bytes.len() as u64);
        let (mut bodies, mut torn_bytes, mut position) = (Vec::new(), 0, 0);
        while let Some(stretch) = frames.next().unwrap() {
            let (start, end) = match stretch {
                Stretch::Frame { start, end, body } => {
                    bodies.push(body);
                    (start, end)
                }
                Stretch::Torn { start, end } => {
                    torn_bytes += end - start;
                    (start, end)
                }
            };
            assert_eq!(start, position, "stretches follow each other without a gap");
            position = end;
        }
        assert_eq!(position, bytes.len() as u64, "every byte belongs to a stretch");
        (bodies, torn_bytes)
    }

    proptest! {
        #[test]
        fn frames_written_after_a_cut_one_are_found(
            before in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..4),
            cut in prop::collection::vec(any::<u8>(), 0..300),
            keep in 0_usize..329,
            after in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..300), 0..4),
        ) {
            let mut file: Vec<u8> = before.iter().flat_map(|body| frame(body).unwrap()).collect();
            let whole = frame(&cut).unwrap();
            let kept = keep.min(whole.len() - 1);
            file.extend_from_slice(&whole[..kept]);
            file.extend(after.iter().flat_map(|body| frame(body).unwrap()));
            let (found, torn_bytes) = bodies(&file);
            let expected: Vec<_> = before.into_iter().chain(after).collect();
            prop_assert_eq!(found, expected);
            prop_assert_eq!(torn_bytes, kept as u64);
        }

        #[test]
        fn any_bytes_are_read_to_the_end(bytes in prop::collection::vec(any::<u8>(), 0..5000)) {
            let (found, torn_bytes) = bodies(&bytes);
            prop_assert!(found.is_empty());
            prop_assert_eq!(torn_bytes, bytes.len() as u64);
        }
    }

    #[test]
    fn a_cut_frame_is_not_completed_by_the_next_ones_beginning() {
        let whole = frame(b"T").unwrap();
        for cut in 0..whole.len() {
            let mut file = whole[..cut].to_vec();
            file.extend(frame(b"next").unwrap());
            assert_eq!(bodies(&file), (vec![b"next".to_vec()], cut as u64));
        }
    }

    #[test]
    fn a_mark_across_two_chunks_is_found() {
        for garbage in 65_520..65_545 {
            let mut file = vec![b'T'; garbage];
            file.extend(frame(b"item").unwrap());
            assert_eq!(bodies(&file), (vec![b"item".to_vec()], garbage as u64));
        }
    }
}
