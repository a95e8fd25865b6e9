//! What a person changes in their history, and taking it back: notes, tags, corrections, hiding, deleting, and which works
//! are one.

use super::{Listen, ListenKind, Thumb, number};
use crate::error::TekramError;
use crate::persona::Persona;

/// What a listen is corrected to, or what the source said; nothing stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, uniffi::Record)]
pub struct Correction {
    /// What it was.
    #[uniffi(default = None)]
    pub kind: Option<ListenKind>,
    /// Title.
    #[uniffi(default = None)]
    pub title: Option<String>,
    /// Who made it, first creator first.
    #[uniffi(default = None)]
    pub creators: Option<Vec<String>>,
    /// Album, podcast, book or station.
    #[uniffi(default = None)]
    pub show: Option<String>,
    /// Publisher or label.
    #[uniffi(default = None)]
    pub publisher: Option<String>,
}

impl From<Correction> for tekram_agent::Correction {
    fn from(correction: Correction) -> Self {
        Self {
            kind: correction.kind.map(Into::into),
            title: correction.title,
            creators: correction.creators,
            show: correction.show,
            publisher: correction.publisher,
        }
    }
}

impl From<tekram_agent::Correction> for Correction {
    fn from(correction: tekram_agent::Correction) -> Self {
        Self {
            kind: correction.kind.map(Into::into),
            title: correction.title,
            creators: correction.creators,
            show: correction.show,
            publisher: correction.publisher,
        }
    }
}

/// A tag and how many listens have it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct TagInUse {
    /// The tag.
    pub tag: String,
    /// Listens that have it.
    pub listens: u64,
}

/// Whether a listen is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Presence {
    /// In the log.
    Shown,
    /// Hidden until the person says otherwise.
    Hidden,
    /// Deleted, and not yet for good.
    Deleted,
}

/// A listen that is hidden or deleted and can come back.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HiddenListen {
    /// The listen.
    pub listen: Listen,
    /// When it goes for good; nothing for one that is only hidden.
    pub for_good_ms: Option<i64>,
}

/// A page of hidden and deleted listens.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HiddenPage {
    /// The listens, the last heard first.
    pub listens: Vec<HiddenListen>,
    /// Hand it back as `after` for the next page; nothing on the last.
    pub next: Option<String>,
}

/// What a change did.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum EditChange {
    /// A thumb was given or taken away.
    Rated {
        /// The one before.
        before: Option<Thumb>,
        /// The one since.
        after: Option<Thumb>,
    },
    /// A note was written, changed or taken away.
    Noted {
        /// The text before.
        before: String,
        /// The text since.
        after: String,
    },
    /// Tags were added or taken away.
    Tagged {
        /// Those that came.
        added: Vec<String>,
        /// Those that went.
        removed: Vec<String>,
    },
    /// What it was, who made it or where it was from was corrected, or that was taken away.
    Corrected {
        /// All that was corrected before.
        before: Correction,
        /// All that is since.
        after: Correction,
    },
    /// It was hidden, deleted or shown again.
    Moved {
        /// Where it was before.
        before: Presence,
        /// Where it is since.
        after: Presence,
    },
    /// Listens were deleted for good. Nothing brings them back.
    DeletedForGood,
    /// Works were said to be one.
    Merged {
        /// Their titles.
        titles: Vec<String>,
    },
    /// Descriptions were said to be another work than the rest.
    Split {
        /// Their titles.
        titles: Vec<String>,
    },
}

/// A change that the person made.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Edit {
    /// Its number; later ones have higher numbers.
    pub edit: i64,
    /// When.
    pub edited_ms: i64,
    /// What it did.
    pub change: EditChange,
    /// The listen that was changed, if it is one that is there.
    pub listen: Option<i64>,
    /// Its title now; empty where there is none.
    pub title: String,
    /// When it was taken back.
    pub undone_ms: Option<i64>,
}

/// A page of changes.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct EditPage {
    /// The changes, newest first.
    pub edits: Vec<Edit>,
    /// The number of the one that is taken back next; nothing when there is none.
    pub next_undo: Option<i64>,
    /// Hand it back as `after` for the next page; nothing on the last.
    pub next: Option<String>,
}

/// How a source describes a work.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct WorkDescription {
    /// Its number, to split it off by.
    pub description: i64,
    /// Title.
    pub title: String,
    /// Who made it.
    pub creators: Vec<String>,
    /// Album, podcast, book or station.
    pub show: String,
    /// Who describes it so.
    pub sources: Vec<String>,
    /// Listens in the log that are described so.
    pub plays: u64,
}

/// One work over all sources.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Work {
    /// Its number. It can change when imports come and go.
    pub work: i64,
    /// What it is.
    pub kind: ListenKind,
    /// Title.
    pub title: String,
    /// Who made it.
    pub creators: Vec<String>,
    /// Album, podcast, book or station.
    pub show: String,
    /// Listens in the log.
    pub plays: u64,
    /// How sources describe it.
    pub descriptions: Vec<WorkDescription>,
}

impl From<tekram_agent::WorkView> for Work {
    fn from(view: tekram_agent::WorkView) -> Self {
        let descriptions = view.descriptions.into_iter().map(|described| WorkDescription {
            description: described.description,
            title: described.title,
            creators: described.creators,
            show: described.show,
            sources: described.sources,
            plays: described.plays,
        });
        Self {
            work: view.work,
            kind: view.kind.into(),
            title: view.title,
            creators: view.creators,
            show: view.show,
            plays: view.plays,
            descriptions: descriptions.collect(),
        }
    }
}

/// What several works would come to as one.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MergeLook {
    /// Each of them as it is now, the most heard first.
    pub works: Vec<Work>,
    /// Listens in the log of all of them.
    pub plays: u64,
    /// Who describes them.
    pub sources: Vec<String>,
}

impl TryFrom<tekram_agent::Edit> for Edit {
    type Error = TekramError;

    fn try_from(edit: tekram_agent::Edit) -> Result<Self, TekramError> {
        let changed = edit.changed().map_err(tekram_agent::AgentError::from)?;
        Ok(Self {
            edit: edit.edit_id,
            edited_ms: edit.edited_ms,
            change: changed.into(),
            listen: edit.listen,
            title: edit.title,
            undone_ms: edit.undone_ms,
        })
    }
}

impl From<tekram_agent::Presence> for Presence {
    fn from(presence: tekram_agent::Presence) -> Self {
        match presence {
            tekram_agent::Presence::Shown => Self::Shown,
            tekram_agent::Presence::Hidden => Self::Hidden,
            tekram_agent::Presence::Deleted => Self::Deleted,
        }
    }
}

impl From<tekram_agent::Changed> for EditChange {
    fn from(changed: tekram_agent::Changed) -> Self {
        use tekram_agent::Changed;
        match changed {
            Changed::Rated { before, after } => Self::Rated {
                before: before.map(Into::into),
                after: after.map(Into::into),
            },
            Changed::Noted { before, after } => Self::Noted { before, after },
            Changed::Tagged { added, removed } => Self::Tagged { added, removed },
            Changed::Corrected { before, after } => Self::Corrected {
                before: before.into(),
                after: after.into(),
            },
            Changed::Moved { before, after } => Self::Moved {
                before: before.into(),
                after: after.into(),
            },
            Changed::DeletedForGood => Self::DeletedForGood,
            Changed::Merged { titles } => Self::Merged { titles },
            Changed::Split { titles } => Self::Split { titles },
        }
    }
}

#[uniffi::export]
impl Persona {
    /// Writes a note beside a listen in the place of the one there; an empty one takes it away.
    ///
    /// # Errors
    /// `no_such_listen`, `edit_too_long`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn note_listen(&self, id: i64, text: String) -> Result<Listen, TekramError> {
        self.beside(move |core| Ok(core.note_listen(id, &text)?.into())).await
    }

    /// Adds tags to a listen and takes others away. Two that differ in case and space only are one.
    ///
    /// # Errors
    /// As [`Persona::note_listen`].
    pub async fn tag_listen(&self, id: i64, add: Vec<String>, remove: Vec<String>) -> Result<Listen, TekramError> {
        self.beside(move |core| Ok(core.tag_listen(id, &add, &remove)?.into()))
            .await
    }

    /// The tags that listens have, those of most listens first.
    ///
    /// # Errors
    /// `paused`, `locked`, `closed`, the vault's errors.
    pub async fn tags_in_use(&self, limit: u32) -> Result<Vec<TagInUse>, TekramError> {
        self.beside(move |core| {
            let tags = core.tags_in_use(limit as usize)?.into_iter().map(|used| TagInUse {
                tag: used.tag,
                listens: used.listens,
            });
            Ok(tags.collect())
        })
        .await
    }

    /// Corrects what a listen was; with nothing given, takes all corrections of it away. What says the same as the source
    /// is none. Whom its seconds count for goes by it from now on.
    ///
    /// # Errors
    /// `no_such_listen`, `nothing_named`, `edit_too_long`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn correct_listen(&self, id: i64, correction: Correction) -> Result<Listen, TekramError> {
        self.beside(move |core| Ok(core.correct_listen(id, &correction.into())?.into()))
            .await
    }

    /// Hides a listen from history and from all that is counted and paid, or shows it again, also a deleted one.
    ///
    /// # Errors
    /// `no_such_listen`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn hide_listen(&self, id: i64, hidden: bool) -> Result<Listen, TekramError> {
        self.beside(move |core| Ok(core.hide_listen(id, hidden)?.into())).await
    }

    /// Deletes a listen. For thirty days it can be brought back.
    ///
    /// # Errors
    /// As [`Persona::hide_listen`].
    pub async fn delete_listen(&self, id: i64) -> Result<Listen, TekramError> {
        self.beside(move |core| Ok(core.delete_listen(id)?.into())).await
    }

    /// Deletes a listen for good, with all evidence of it and all that was said of it. Nothing brings it back, so a screen
    /// asks before it calls this.
    ///
    /// # Errors
    /// `import_running`, and as [`Persona::hide_listen`].
    pub async fn delete_listen_for_good(&self, id: i64) -> Result<(), TekramError> {
        self.beside(move |core| Ok(core.delete_listen_for_good(id)?)).await
    }

    /// What is hidden or deleted and can come back, the last heard first, by page.
    ///
    /// # Errors
    /// `bad_cursor`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn hidden_listens(&self, after: Option<String>, limit: u32) -> Result<HiddenPage, TekramError> {
        self.beside(move |core| {
            let page = core.hidden_listens(after.as_deref(), limit as usize)?;
            let listens = page.listens.into_iter().map(|hidden| HiddenListen {
                listen: hidden.listen.into(),
                for_good_ms: hidden.for_good_ms,
            });
            Ok(HiddenPage {
                listens: listens.collect(),
                next: page.next.map(|next| next.as_str().to_owned()),
            })
        })
        .await
    }

    /// The changes made to history, newest first, by page.
    ///
    /// # Errors
    /// `bad_cursor`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn edits(&self, after: Option<String>, limit: u32) -> Result<EditPage, TekramError> {
        self.beside(move |core| {
            let before = after.as_deref().map(|after| number(Some(after))).transpose()?;
            let page = core.edits(before, limit as usize)?;
            let full = page.len() == limit as usize;
            let next = page.last().filter(|_| full).map(|last| last.edit_id.to_string());
            Ok(EditPage {
                edits: page.into_iter().map(Edit::try_from).collect::<Result<_, _>>()?,
                next_undo: core.next_undo()?.map(|edit| edit.edit_id),
                next,
            })
        })
        .await
    }

    /// Takes the newest change back that was not taken back yet.
    ///
    /// # Errors
    /// `nothing_to_undo`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn undo_edit(&self) -> Result<Edit, TekramError> {
        self.beside(move |core| Edit::try_from(core.undo_edit()?)).await
    }

    /// The works that have all these words, or beginnings of words; the most heard first.
    ///
    /// # Errors
    /// `paused`, `locked`, `closed`, the vault's errors.
    pub async fn works(&self, text: String, limit: u32) -> Result<Vec<Work>, TekramError> {
        self.beside(move |core| {
            let works = core.works(&text, limit as usize)?;
            Ok(works.into_iter().map(Work::from).collect())
        })
        .await
    }

    /// The work that a listen is of, with the descriptions that sources give of it.
    ///
    /// # Errors
    /// `no_such_listen`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn work_of_listen(&self, id: i64) -> Result<Work, TekramError> {
        self.beside(move |core| Ok(core.work_of_listen(id)?.into())).await
    }

    /// What works would come to as one; changes nothing.
    ///
    /// # Errors
    /// As [`Persona::merge_works`].
    pub async fn merge_look(&self, works: Vec<i64>) -> Result<MergeLook, TekramError> {
        self.beside(move |core| {
            let look = core.merge_look(&works)?;
            Ok(MergeLook {
                works: look.works.into_iter().map(Work::from).collect(),
                plays: look.plays,
                sources: look.sources,
            })
        })
        .await
    }

    /// Says that works are one.
    ///
    /// # Errors
    /// `no_such_work`, `different_kinds`, `nothing_to_merge`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn merge_works(&self, works: Vec<i64>) -> Result<Work, TekramError> {
        self.beside(move |core| Ok(core.merge_works(&works)?.into())).await
    }

    /// Says that descriptions of a work are another work than the rest.
    ///
    /// # Errors
    /// `no_such_work`, `nothing_to_split`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn split_work(&self, descriptions: Vec<i64>) -> Result<Work, TekramError> {
        self.beside(move |core| Ok(core.split_work(&descriptions)?.into()))
            .await
    }
}
