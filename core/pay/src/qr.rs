//! QR codes of links and invoices: as modules, as text for a terminal and as SVG for a page.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

use crate::error::PayError;

/// ISO/IEC 18004: four modules of light around the code.
const QUIET: usize = 4;

/// Rows of modules with the quiet zone; `true` is dark.
///
/// # Errors
/// `qr_too_long`.
pub fn modules(text: &str) -> Result<Vec<Vec<bool>>, PayError> {
    // EPC069-12 asks for level M; for links it is the usual one as well.
    let code = QrCode::with_error_correction_level(text.as_bytes(), EcLevel::M).map_err(|_| PayError::QrTooLong)?;
    let width = code.width();
    let side = width + 2 * QUIET;
    let light = vec![false; side];
    let mut rows = vec![light.clone(); QUIET];
    for line in code.to_colors().chunks(width) {
        let mut row = vec![false; QUIET];
        row.extend(line.iter().map(|color| *color == Color::Dark));
        row.resize(side, false);
        rows.push(row);
    }
    rows.resize(side, light);
    Ok(rows)
}

/// The code in half-block characters, two rows of modules in a line of text, dark on the terminal's background being
/// drawn as blank: readable on dark and light terminals by any scanner.
///
/// # Errors
/// `qr_too_long`.
pub fn qr_text(text: &str) -> Result<String, PayError> {
    let rows = modules(text)?;
    let mut drawn = String::new();
    for pair in rows.chunks(2) {
        let (Some(upper), lower) = (pair.first(), pair.get(1)) else {
            continue;
        };
        for (column, upper_dark) in upper.iter().enumerate() {
            let lower_dark = lower.and_then(|row| row.get(column)).copied().unwrap_or(true);
            drawn.push(match (upper_dark, lower_dark) {
                (false, false) => '█',
                (false, true) => '▀',
                (true, false) => '▄',
                (true, true) => ' ',
            });
        }
        drawn.push('\n');
    }
    Ok(drawn)
}

/// The code as an SVG of its own.
///
/// # Errors
/// `qr_too_long`.
pub fn qr_svg(text: &str) -> Result<String, PayError> {
    let rows = modules(text)?;
    let side = rows.len();
    let mut path = String::new();
    for (y, row) in rows.iter().enumerate() {
        for (x, _) in row.iter().enumerate().filter(|(_, dark)| **dark) {
            // Writing to a String cannot fail.
            let _ = write!(path, "M{x} {y}h1v1h-1z");
        }
    }
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" width=\"{size}\" height=\"{size}\" \
         shape-rendering=\"crispEdges\"><rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/>\
         <path d=\"{path}\" fill=\"#000\"/></svg>\n",
        size = side * 6
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]

    use super::*;

    #[test]
    fn a_link_fits_and_has_its_quiet_zone() {
        let text = qr_text("lightning:somebody@example.org").unwrap();
        let mut lines = text.lines();
        assert!(lines.next().unwrap().chars().all(|letter| letter == '█'));
        let widths: Vec<usize> = text.lines().map(|line| line.chars().count()).collect();
        assert!(widths.iter().all(|width| *width == widths[0]));
        assert!(qr_svg("https://example.org").unwrap().starts_with("<svg"));
    }

    #[test]
    fn what_does_not_fit_is_refused_by_name() {
        assert_eq!(qr_text(&"x".repeat(5000)).unwrap_err().code(), "qr_too_long");
    }
}
