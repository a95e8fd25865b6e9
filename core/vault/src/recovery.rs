//! Recovery words: 256 random bits as 24 English words (BIP-39), for the person's paper. They become a way in only when
//! the person has shown that they are written down. Until then they lie in the header, sealed under the vault key, and open
//! nothing; from then on they are nowhere but on the paper.

use std::collections::BTreeSet;
use std::fmt;

use bip39::{Error, Language, Mnemonic};
use serde::{Deserialize, Serialize};
use tekram_primitives::secret::{Secret32, hkdf_sha256};
use unicode_normalization::UnicodeNormalization;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::error::VaultError;
use crate::way_in;

/// How many words there are.
pub const RECOVERY_WORDS: usize = 24;
/// Positions that a check asks for.
const QUESTIONS: usize = 4;
/// Different positions that must be answered: a guess hits three words of 2048 once in 8 589 934 592 tries.
const LEAST_ANSWERS: usize = 3;

/// Recovery words. Wiped when dropped; `Debug` prints `[REDACTED]`.
#[derive(Clone)]
pub struct RecoveryPhrase {
    // Wipes itself, like the entropy.
    words: Mnemonic,
    entropy: Secret32,
}

impl RecoveryPhrase {
    /// New words from the system's randomness.
    pub(crate) fn random() -> Result<Self, VaultError> {
        Self::from_entropy(Secret32::random().map_err(|_| VaultError::Crypto { step: "randomness" })?)
    }

    /// The words of these 256 bits.
    pub(crate) fn from_entropy(entropy: Secret32) -> Result<Self, VaultError> {
        let words = Mnemonic::from_entropy_in(Language::English, entropy.expose()).map_err(|_| VaultError::Crypto {
            step: "writing entropy as words",
        })?;
        Ok(Self { words, entropy })
    }

    /// Reads words as the person typed them: any case, any white space between them. Fails with `recovery_word_count`,
    /// `recovery_word_unknown` (with the word's position) or `recovery_checksum`.
    pub fn parse(text: &str) -> Result<Self, VaultError> {
        let words: Vec<Zeroizing<String>> = text.split_whitespace().map(normal_form).collect();
        if words.len() != RECOVERY_WORDS {
            return Err(VaultError::RecoveryWordCount { words: words.len() });
        }
        let length = words.iter().map(|word| word.len().saturating_add(1)).sum();
        let mut joined = Zeroizing::new(String::with_capacity(length));
        for word in &words {
            joined.push_str(word);
            joined.push(' ');
        }
        let words =
            Mnemonic::parse_in_normalized(Language::English, joined.trim_end()).map_err(|error| match error {
                Error::UnknownWord(index) => VaultError::RecoveryWordUnknown {
                    position: index.saturating_add(1),
                },
                _ => VaultError::RecoveryChecksum,
            })?;
        let entropy = Zeroizing::new(words.to_entropy());
        let entropy = Secret32::try_from(entropy.as_slice()).map_err(|_| VaultError::RecoveryChecksum)?;
        Ok(Self { words, entropy })
    }

    /// The words, in order.
    pub fn words(&self) -> Vec<&'static str> {
        self.words.words().collect()
    }

    /// The 256 bits.
    pub(crate) fn entropy(&self) -> &Secret32 {
        &self.entropy
    }

    /// Whether the answers show that the words are written down. Fails with `too_few_answers`, or with
    /// `wrong_recovery_word` and the first position that is wrong.
    pub(crate) fn check(&self, answers: &[RecoveryAnswer]) -> Result<(), VaultError> {
        let positions: BTreeSet<u32> = answers.iter().map(|answer| answer.position).collect();
        if positions.len() < LEAST_ANSWERS {
            return Err(VaultError::TooFewAnswers { least: LEAST_ANSWERS });
        }
        let words = self.words();
        for answer in answers {
            let index = usize::try_from(answer.position).ok().and_then(|at| at.checked_sub(1));
            let Some(word) = index.and_then(|index| words.get(index)) else {
                return Err(VaultError::TooFewAnswers { least: LEAST_ANSWERS });
            };
            if *word != normal_form(answer.word.trim()).as_str() {
                return Err(VaultError::WrongRecoveryWord {
                    position: index.map_or(0, |index| index.saturating_add(1)),
                });
            }
        }
        Ok(())
    }
}

impl fmt::Debug for RecoveryPhrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[REDACTED]")
    }
}

/// One word that the person read from their paper. Wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct RecoveryAnswer {
    /// Which word, counted from 1.
    pub position: u32,
    /// The word.
    pub word: String,
}

/// Without the word.
impl fmt::Debug for RecoveryAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecoveryAnswer")
            .field("position", &self.position)
            .field("word", &"[REDACTED]")
            .finish()
    }
}

/// Recovery words that wait for being checked, as they stand in the header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UncheckedRecovery {
    /// Nonce, then ciphertext and tag of the entropy.
    #[serde(with = "hex::serde")]
    sealed_entropy: Vec<u8>,
}

impl UncheckedRecovery {
    /// Seals the words under the vault key: whoever reads them could read the vault anyway.
    pub(crate) fn seal(vault_id: &str, vault_key: &Secret32, phrase: &RecoveryPhrase) -> Result<Self, VaultError> {
        let sealed_entropy = way_in::wrap(&sealing_key(vault_key), phrase.entropy(), &associated(vault_id))?;
        Ok(Self { sealed_entropy })
    }

    /// The words again.
    pub(crate) fn open(&self, vault_id: &str, vault_key: &Secret32) -> Result<RecoveryPhrase, VaultError> {
        let entropy = way_in::unwrap(&sealing_key(vault_key), &self.sealed_entropy, &associated(vault_id)).ok_or(
            VaultError::Damaged {
                file: crate::header::FILE,
            },
        )?;
        RecoveryPhrase::from_entropy(entropy)
    }
}

/// Positions to ask for, in ascending order, counted from 1; another choice each time.
pub(crate) fn questions() -> Result<Vec<u32>, VaultError> {
    let mut positions = BTreeSet::new();
    while positions.len() < QUESTIONS {
        for byte in way_in::random_bytes::<16>()? {
            // 240 is the largest multiple of 24 in a byte: every position is as likely.
            if byte < 240 && positions.len() < QUESTIONS {
                positions.insert(u32::from(byte % 24).saturating_add(1));
            }
        }
    }
    Ok(positions.into_iter().collect())
}

fn sealing_key(vault_key: &Secret32) -> Secret32 {
    hkdf_sha256(vault_key, "tekram/v1/vault/unchecked-recovery")
}

fn associated(vault_id: &str) -> Vec<u8> {
    format!("tekram/v1/vault/unchecked-recovery|{vault_id}").into_bytes()
}

/// A word as BIP-39 compares it: NFKD, in lower case.
fn normal_form(word: &str) -> Zeroizing<String> {
    // Room for what decomposing adds to any word that can still be one; growing would leave a copy behind.
    let mut normal = Zeroizing::new(String::with_capacity(word.len().saturating_mul(4)));
    normal.extend(word.nfkd().flat_map(char::to_lowercase));
    normal
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

    use super::*;

    /// The last vectors of BIP-39 (trezor/python-mnemonic, vectors.json) with 256 bits.
    const VECTORS: [(&str, &str); 3] = [
        (
            "0000000000000000000000000000000000000000000000000000000000000000",
            "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon \
             abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon art",
        ),
        (
            "8080808080808080808080808080808080808080808080808080808080808080",
            "letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd amount doctor acoustic \
             avoid letter advice cage absurd amount doctor acoustic bless",
        ),
        (
            "f585c11aec520db57dd353c69554b21a89b20fb0650966fa0a9d6f74fd989d8f",
            "void come effort suffer camp survey warrior heavy shoot primary clutch crush open amazing screen patrol \
             group space point ten exist slush involve unfold",
        ),
    ];

    fn phrase(byte: u8) -> RecoveryPhrase {
        RecoveryPhrase::from_entropy(Secret32::new([byte; 32])).unwrap()
    }

    fn code<T: fmt::Debug>(outcome: Result<T, VaultError>) -> &'static str {
        outcome.unwrap_err().code()
    }

    fn answer(position: u32, word: &str) -> RecoveryAnswer {
        RecoveryAnswer {
            position,
            word: word.to_owned(),
        }
    }

    #[test]
    fn words_are_those_of_bip_39() {
        for (entropy, words) in VECTORS {
            let entropy: [u8; 32] = hex::decode(entropy).unwrap().try_into().unwrap();
            let phrase = RecoveryPhrase::from_entropy(Secret32::new(entropy)).unwrap();
            assert_eq!(phrase.words().join(" "), words);
            assert_eq!(RecoveryPhrase::parse(words).unwrap().entropy().expose(), &entropy);
        }
    }

    #[test]
    fn what_is_wrong_with_words_is_named() {
        let words = phrase(7).words();
        assert_eq!(code(RecoveryPhrase::parse("")), "recovery_word_count");
        assert_eq!(
            code(RecoveryPhrase::parse(&words[..23].join(" "))),
            "recovery_word_count"
        );
        assert_eq!(
            code(RecoveryPhrase::parse(&words[..12].join(" "))),
            "recovery_word_count"
        );
        let mut other = words.clone();
        other[16] = "tekram";
        let unknown = RecoveryPhrase::parse(&other.join(" ")).unwrap_err();
        assert!(
            matches!(unknown, VaultError::RecoveryWordUnknown { position: 17 }),
            "{unknown:?}"
        );
        other[16] = if words[16] == "zoo" { "abandon" } else { "zoo" };
        assert_eq!(code(RecoveryPhrase::parse(&other.join(" "))), "recovery_checksum");
    }

    #[test]
    fn a_check_wants_three_different_words_and_names_the_wrong_one() {
        let phrase = phrase(9);
        let words = phrase.words();
        let right = |position: u32| answer(position, words[position as usize - 1]);
        phrase.check(&[right(1), right(12), right(24)]).unwrap();
        let as_typed = format!(" {} ", words[4].to_uppercase());
        phrase.check(&[right(1), right(24), answer(5, &as_typed)]).unwrap();
        assert_eq!(code(phrase.check(&[])), "too_few_answers");
        assert_eq!(code(phrase.check(&[right(3), right(3), right(4)])), "too_few_answers");
        assert_eq!(
            code(phrase.check(&[right(3), right(4), answer(0, words[0])])),
            "too_few_answers"
        );
        assert_eq!(
            code(phrase.check(&[right(3), right(4), answer(25, words[0])])),
            "too_few_answers"
        );
        let wrong = phrase.check(&[right(3), answer(11, "tekram"), right(4)]).unwrap_err();
        assert!(
            matches!(wrong, VaultError::WrongRecoveryWord { position: 11 }),
            "{wrong:?}"
        );
    }

    #[test]
    fn questions_are_four_positions_and_differ_from_time_to_time() {
        let asked: BTreeSet<Vec<u32>> = (0..50).map(|_| questions().unwrap()).collect();
        for positions in &asked {
            assert_eq!(positions.len(), QUESTIONS);
            assert!(positions.windows(2).all(|pair| pair[0] < pair[1]));
            assert!(positions.iter().all(|position| (1..=24).contains(position)));
        }
        assert!(asked.len() > 25);
    }

    #[test]
    fn words_are_never_printed() {
        let phrase = phrase(3);
        let printed = format!("{phrase:?} {:?}", answer(1, phrase.words()[0]));
        assert_eq!(
            printed,
            "[REDACTED] RecoveryAnswer { position: 1, word: \"[REDACTED]\" }"
        );
    }

    proptest! {
        #[test]
        fn words_lead_back_to_their_bits_however_they_are_typed(bits: [u8; 32], gaps in proptest::collection::vec("[ \t\n]{1,3}", 24), upper: u32) {
            let phrase = RecoveryPhrase::from_entropy(Secret32::new(bits)).unwrap();
            prop_assert_eq!(phrase.words().len(), RECOVERY_WORDS);
            let typed: String = phrase.words().iter().enumerate().map(|(at, word)| {
                let word = if upper >> at & 1 == 1 { word.to_uppercase() } else { (*word).to_owned() };
                format!("{}{word}", gaps[at])
            }).collect();
            let read = RecoveryPhrase::parse(&typed).unwrap();
            prop_assert_eq!(read.entropy().expose(), &bits);
        }

        #[test]
        fn no_text_makes_reading_words_panic(text in "\\PC{0,400}") {
            let _ = RecoveryPhrase::parse(&text);
        }

        #[test]
        fn one_other_word_never_opens(bits: [u8; 32], at in 0_usize..24, other in 0_usize..24) {
            let phrase = RecoveryPhrase::from_entropy(Secret32::new(bits)).unwrap();
            let mut words = phrase.words();
            words[at] = words[other];
            if let Ok(read) = RecoveryPhrase::parse(&words.join(" ")) {
                prop_assert!(words == phrase.words() || read.entropy().expose() != &bits);
            }
        }
    }
}
