//! "I read this": an article as a listen, shared from a browser or opened from a feed.

use super::Drained;
use crate::agent::Agent;
use crate::error::TekramError;
use crate::persona::Persona;

/// A page that was read.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PageRead {
    /// What it is called; empty where that is not known, then it goes by its address.
    pub title: String,
    /// Who wrote it, if it says so.
    #[uniffi(default = [])]
    pub creators: Vec<String>,
    /// The publication, as it calls itself; empty: the site of the address.
    #[uniffi(default = "")]
    pub site: String,
    /// Where it is, `http` or `https`; may be empty when there is a title and a site.
    pub url: String,
    /// The publication's feed, when it was opened from one.
    #[uniffi(default = "")]
    pub feed_url: String,
    /// The `guid` of the item in that feed.
    #[uniffi(default = "")]
    pub item_guid: String,
    /// When reading began.
    pub began_ms: i64,
    /// Minutes east of UTC where the device was, if known.
    pub offset_min: Option<i64>,
    /// How long it was read; nothing when nobody says.
    pub reading_ms: Option<i64>,
    /// The person said so. What they say themselves is kept while the log is paused; what was only noticed is not.
    pub said: bool,
}

impl PageRead {
    fn core(self) -> tekram_agent::PageRead {
        tekram_agent::PageRead {
            title: self.title,
            creators: self.creators,
            site: self.site,
            url: self.url,
            feed_url: self.feed_url,
            item_guid: self.item_guid,
            began_ms: self.began_ms,
            offset_min: self.offset_min,
            reading_ms: self.reading_ms,
            said: self.said,
        }
    }
}

#[uniffi::export]
impl Agent {
    /// Seals a page that was read to a persona's vault, locked or not, as [`Agent::capture`] does with players' events.
    ///
    /// # Errors
    /// `bad_page`, `no_such_persona`, `closed`, the vault's errors.
    pub fn capture_page(&self, persona: String, page: PageRead) -> Result<(), TekramError> {
        self.with(|core| Ok(core.capture_page(&persona, &page.core())?))
    }
}

#[uniffi::export]
impl Persona {
    /// Takes a page that was read into the log, with what else has waited.
    ///
    /// # Errors
    /// `bad_page`, `locked`, `closed`, the vault's errors.
    pub async fn log_page(&self, page: PageRead) -> Result<Drained, TekramError> {
        self.beside(move |core| Ok(core.log_page(&page.core())?.into())).await
    }
}
