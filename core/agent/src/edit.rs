//! What a person changes in their history: notes, tags, corrections, hiding, deleting, which works are one; and taking the
//! newest change back.

use tekram_listen::{Correction, Cursor, Edit, HiddenPage, Listen, MergeLook, TagInUse, WorkView};

use crate::error::AgentError;
use crate::persona::Persona;

impl Persona {
    /// Writes a note beside a listen in the place of the one there; an empty one takes it away.
    ///
    /// # Errors
    /// `no_such_listen`, `edit_too_long`, the vault's errors.
    pub fn note_listen(&self, id: i64, text: &str) -> Result<Listen, AgentError> {
        Ok(tekram_listen::note(&self.vault, id, text, self.clock.now())?)
    }

    /// Adds tags to a listen and takes others away.
    ///
    /// # Errors
    /// `no_such_listen`, `edit_too_long`, the vault's errors.
    pub fn tag_listen(&self, id: i64, add: &[String], remove: &[String]) -> Result<Listen, AgentError> {
        Ok(tekram_listen::tag(&self.vault, id, add, remove, self.clock.now())?)
    }

    /// The tags that listens have, those of most listens first.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn tags_in_use(&self, limit: usize) -> Result<Vec<TagInUse>, AgentError> {
        Ok(tekram_listen::tags_in_use(&self.vault, limit)?)
    }

    /// Corrects what a listen was; with nothing given, takes all corrections of it away. Whom its seconds count for goes by
    /// it from now on.
    ///
    /// # Errors
    /// `no_such_listen`, `nothing_named`, `edit_too_long`, the vault's errors.
    pub fn correct_listen(&self, id: i64, correction: &Correction) -> Result<Listen, AgentError> {
        Ok(tekram_listen::correct(&self.vault, id, correction, self.clock.now())?)
    }

    /// Hides a listen from history and from all that is counted and paid, or shows it again.
    ///
    /// # Errors
    /// `no_such_listen`, the vault's errors.
    pub fn hide_listen(&self, id: i64, hidden: bool) -> Result<Listen, AgentError> {
        Ok(tekram_listen::hide(&self.vault, id, hidden, self.clock.now())?)
    }

    /// Deletes a listen. For thirty days it can be brought back by [`Persona::undo_edit`] or by showing it again.
    ///
    /// # Errors
    /// `no_such_listen`, the vault's errors.
    pub fn delete_listen(&self, id: i64) -> Result<Listen, AgentError> {
        Ok(tekram_listen::delete(&self.vault, id, self.clock.now())?)
    }

    /// Deletes a listen for good, with all evidence of it and all that was said of it. Nothing brings it back.
    ///
    /// # Errors
    /// `no_such_listen`, `import_running`, the vault's errors.
    pub fn delete_listen_for_good(&self, id: i64) -> Result<(), AgentError> {
        Ok(tekram_listen::delete_for_good(&self.vault, id, self.clock.now())?)
    }

    /// A page of what is hidden or deleted and can come back, the last heard first.
    ///
    /// # Errors
    /// `bad_cursor`, the vault's errors.
    pub fn hidden_listens(&self, after: Option<&str>, limit: usize) -> Result<HiddenPage, AgentError> {
        let after = after.map(Cursor::from_text);
        Ok(tekram_listen::hidden(&self.vault, after.as_ref(), limit)?)
    }

    /// A page of the changes made to history, newest first: those before the one numbered `before`, if it is given.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn edits(&self, before: Option<i64>, limit: usize) -> Result<Vec<Edit>, AgentError> {
        Ok(tekram_listen::edits(&self.vault, before, limit)?)
    }

    /// The change that [`Persona::undo_edit`] would take back.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn next_undo(&self) -> Result<Option<Edit>, AgentError> {
        Ok(tekram_listen::next_undo(&self.vault)?)
    }

    /// Takes the newest change back that was not taken back yet.
    ///
    /// # Errors
    /// `nothing_to_undo`, the vault's errors.
    pub fn undo_edit(&self) -> Result<Edit, AgentError> {
        Ok(tekram_listen::undo_edit(&self.vault, self.clock.now())?)
    }

    /// The works that have all these words, with the descriptions that sources give of each; the most heard first.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn works(&self, text: &str, limit: usize) -> Result<Vec<WorkView>, AgentError> {
        Ok(tekram_listen::works(&self.vault, text, limit)?)
    }

    /// The work that a listen is of.
    ///
    /// # Errors
    /// `no_such_listen`, the vault's errors.
    pub fn work_of_listen(&self, id: i64) -> Result<WorkView, AgentError> {
        Ok(tekram_listen::work_of_listen(&self.vault, id)?)
    }

    /// What works would come to as one; changes nothing.
    ///
    /// # Errors
    /// As [`Persona::merge_works`].
    pub fn merge_look(&self, works: &[i64]) -> Result<MergeLook, AgentError> {
        Ok(tekram_listen::merge_look(&self.vault, works)?)
    }

    /// Says that works are one.
    ///
    /// # Errors
    /// `no_such_work`, `different_kinds`, `nothing_to_merge`, the vault's errors.
    pub fn merge_works(&self, works: &[i64]) -> Result<WorkView, AgentError> {
        Ok(tekram_listen::merge(&self.vault, works, self.clock.now())?)
    }

    /// Says that descriptions of a work are another work than the rest.
    ///
    /// # Errors
    /// `no_such_work`, `nothing_to_split`, the vault's errors.
    pub fn split_work(&self, descriptions: &[i64]) -> Result<WorkView, AgentError> {
        Ok(tekram_listen::split(&self.vault, descriptions, self.clock.now())?)
    }
}
