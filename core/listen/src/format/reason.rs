//! Why a record was refused: a stable code and, where one is at fault, the field.

/// Why one record of an import was refused. The rest of the import is not affected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// It is not JSON.
    NotJson,
    /// It holds `NaN` or `Infinity`, which JSON does not have (RFC 8259, section 6).
    NotANumber,
    /// It is not UTF-8 (RFC 8259, section 8.1).
    InvalidUtf8,
    /// It is JSON, but not an object with the fields of the format.
    NotAnObject,
    /// It is longer than a record can be.
    TooLong,
    /// The file ends in the middle of it.
    CutOff,
    /// The archive's entry is damaged from here on.
    ArchiveDamaged,
    /// A quote of a table is never closed.
    UnclosedQuote,
    /// A row has more columns than any table.
    TooManyColumns,
    /// The database is damaged from here on.
    DatabaseDamaged,
    /// It is not XML, or not well-formed from here on.
    NotXml,
    /// A field that is needed is missing or empty.
    MissingField(&'static str),
    /// A field has a type it must not have.
    WrongType(&'static str),
    /// A text holds U+0000.
    NulCharacter(&'static str),
    /// A text is longer than any real one.
    TextTooLong(&'static str),
    /// A time cannot be read.
    UnreadableTime(&'static str),
    /// It lies before 2002, when the first such logs began.
    TimeBefore2002(&'static str),
    /// It lies more than a day ahead.
    TimeInFuture(&'static str),
    /// A length of time is negative.
    NegativeDuration(&'static str),
    /// A length of time is more than a week.
    DurationTooLong(&'static str),
    /// A stretch ends before it starts.
    EndBeforeStart,
    /// It is a valid record, but of something else than a play (a download, a deletion).
    NotAPlay,
    /// It does not say what was played.
    NothingNamed,
    /// An address is not an `http` or `https` URL.
    BadUrl(&'static str),
}

impl Reason {
    /// Stable snake_case name.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotJson => "not_json",
            Self::NotANumber => "not_a_number",
            Self::InvalidUtf8 => "invalid_utf8",
            Self::NotAnObject => "not_an_object",
            Self::TooLong => "too_long",
            Self::CutOff => "cut_off",
            Self::ArchiveDamaged => "archive_damaged",
            Self::UnclosedQuote => "unclosed_quote",
            Self::TooManyColumns => "too_many_columns",
            Self::DatabaseDamaged => "database_damaged",
            Self::NotXml => "not_xml",
            Self::MissingField(_) => "missing_field",
            Self::WrongType(_) => "wrong_type",
            Self::NulCharacter(_) => "nul_character",
            Self::TextTooLong(_) => "text_too_long",
            Self::UnreadableTime(_) => "unreadable_time",
            Self::TimeBefore2002(_) => "time_before_2002",
            Self::TimeInFuture(_) => "time_in_future",
            Self::NegativeDuration(_) => "negative_duration",
            Self::DurationTooLong(_) => "duration_too_long",
            Self::EndBeforeStart => "end_before_start",
            Self::NotAPlay => "not_a_play",
            Self::NothingNamed => "nothing_named",
            Self::BadUrl(_) => "bad_url",
        }
    }

    /// The field at fault; empty when it is the whole record.
    #[must_use]
    pub fn field(self) -> &'static str {
        match self {
            Self::MissingField(field)
            | Self::WrongType(field)
            | Self::NulCharacter(field)
            | Self::TextTooLong(field)
            | Self::UnreadableTime(field)
            | Self::TimeBefore2002(field)
            | Self::TimeInFuture(field)
            | Self::NegativeDuration(field)
            | Self::DurationTooLong(field)
            | Self::BadUrl(field) => field,
            _ => "",
        }
    }
}
