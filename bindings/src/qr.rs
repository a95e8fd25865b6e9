//! QR codes as modules to draw.

use crate::error::TekramError;
use crate::gate::caught;

/// A QR code with its quiet zone, row by row.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct QrCode {
    /// Modules on each side.
    pub side: u32,
    /// One byte for each module: 1 is dark.
    pub modules: Vec<u8>,
}

/// The QR code of a text.
///
/// # Errors
/// `qr_too_long`.
#[uniffi::export]
pub fn qr_code(text: String) -> Result<QrCode, TekramError> {
    caught(|| {
        let rows = tekram_agent::qr_modules(&text).map_err(tekram_agent::AgentError::Pay)?;
        Ok(QrCode {
            side: u32::try_from(rows.len()).unwrap_or(u32::MAX),
            modules: rows.into_iter().flatten().map(u8::from).collect(),
        })
    })
}
