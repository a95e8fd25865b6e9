//! Barcodes: whether a scanned or typed number is a GTIN.

use crate::error::IntentError;

/// The number of a barcode, with spaces and hyphens taken out, when it is a GTIN-8, -12, -13 or -14 with the right check
/// digit (GS1 General Specifications, section 7.9).
///
/// # Errors
/// `bad_gtin`, with what is wrong.
pub fn check_gtin(text: &str) -> Result<String, IntentError> {
    let digits: String = text.chars().filter(|c| *c != '-' && !c.is_whitespace()).collect();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(IntentError::BadGtin { reason: "not_digits" });
    }
    if !matches!(digits.len(), 8 | 12 | 13 | 14) {
        return Err(IntentError::BadGtin { reason: "wrong_length" });
    }
    if has_check_digit(&digits) {
        Ok(digits)
    } else {
        Err(IntentError::BadGtin { reason: "check_digit" })
    }
}

/// Whether text is exactly a GTIN, nothing around it.
pub(crate) fn is_gtin(text: &str) -> bool {
    check_gtin(text).is_ok_and(|digits| digits == text)
}

/// Digits count three times and once in turn, from the check digit, and add up to a multiple of ten.
fn has_check_digit(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| u32::from(byte - b'0') * if place % 2 == 0 { 1 } else { 3 })
        .sum();
    sum.is_multiple_of(10)
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

    fn reason(text: &str) -> &'static str {
        match check_gtin(text) {
            Err(IntentError::BadGtin { reason }) => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn barcodes_are_read_with_their_check_digit() {
        for good in ["4006381333931", "036000291452", "96385074", "00012345600012"] {
            assert_eq!(check_gtin(good).unwrap(), good);
            assert!(is_gtin(good));
        }
        assert_eq!(check_gtin(" 4 006381-333931 ").unwrap(), "4006381333931");
        assert!(!is_gtin("4 006381 333931"), "what goes out has only digits");
    }

    #[test]
    fn what_is_wrong_with_a_barcode_is_named() {
        assert_eq!(reason("4006381333932"), "check_digit");
        assert_eq!(reason("400638133393"), "check_digit");
        assert_eq!(reason("40063813339x1"), "not_digits");
        assert_eq!(reason("٤006381333931"), "not_digits");
        assert_eq!(reason(""), "wrong_length");
        assert_eq!(reason("123456789"), "wrong_length");
    }

    #[test]
    fn every_other_last_digit_is_refused() {
        for last in "023456789".chars() {
            assert_eq!(reason(&format!("400638133393{last}")), "check_digit");
        }
    }
}
