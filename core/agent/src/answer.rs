//! History's answers about months and years: how much, what most, what new, what no more, when; and what a few letters
//! find. Dates go by the clock where something was heard, else by the persona's zone.

use tekram_listen::{
    About, Around, AsTyped, Cursor, FirstHeard, Forgotten, Glance, GlanceQuestion, HitPage, HoursOfWeek, KnownPage,
    Measure, Named, Page, Periods, Span, Step, Streaks, Top, TopQuestion, What,
};

use crate::error::AgentError;
use crate::persona::Persona;

impl Persona {
    /// A page of the days, weeks, months or years of a range, newest first, with how much was heard in each.
    ///
    /// # Errors
    /// `bad_cursor`, `unknown_zone`, the vault's errors.
    pub fn heard_by(
        &self,
        step: Step,
        span: Span,
        zone: Option<&str>,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Periods, AgentError> {
        let (zone, after) = (self.zone(zone)?, after.map(Cursor::from_text));
        Ok(tekram_listen::by_period(
            &self.vault,
            span,
            step,
            &zone,
            after.as_ref(),
            limit,
        )?)
    }

    /// A page of what was heard most in a range, and each one's share.
    ///
    /// # Errors
    /// `bad_cursor`, `unknown_zone`, the vault's errors.
    pub fn top(
        &self,
        what: What,
        by: Measure,
        span: Span,
        zone: Option<&str>,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Top, AgentError> {
        let question = TopQuestion {
            what,
            by,
            span,
            zone: self.zone(zone)?,
        };
        let after = after.map(Cursor::from_text);
        Ok(tekram_listen::top(&self.vault, &question, after.as_ref(), limit)?)
    }

    /// A page of what was heard for the first time in a range, the newest first.
    ///
    /// # Errors
    /// `bad_cursor`, `unknown_zone`, the vault's errors.
    pub fn newly_heard(
        &self,
        what: What,
        span: Span,
        zone: Option<&str>,
        after: Option<&str>,
        limit: usize,
    ) -> Result<KnownPage, AgentError> {
        let (zone, after) = (self.zone(zone)?, after.map(Cursor::from_text));
        Ok(tekram_listen::newly_heard(
            &self.vault,
            what,
            span,
            &zone,
            after.as_ref(),
            limit,
        )?)
    }

    /// A page of what was heard often and not for some months.
    ///
    /// # Errors
    /// `bad_cursor`, `unknown_zone`, `not_a_range`, the vault's errors.
    pub fn forgotten(
        &self,
        what: What,
        forgotten: Forgotten,
        zone: Option<&str>,
        after: Option<&str>,
        limit: usize,
    ) -> Result<KnownPage, AgentError> {
        let (zone, after) = (self.zone(zone)?, after.map(Cursor::from_text));
        Ok(tekram_listen::forgotten(
            &self.vault,
            what,
            forgotten,
            &zone,
            self.clock.now(),
            after.as_ref(),
            limit,
        )?)
    }

    /// The longest and the current streak of days in a range.
    ///
    /// # Errors
    /// `unknown_zone`, the vault's errors.
    pub fn streaks(&self, span: Span, zone: Option<&str>) -> Result<Streaks, AgentError> {
        Ok(tekram_listen::streaks(
            &self.vault,
            span,
            &self.zone(zone)?,
            self.clock.now(),
        )?)
    }

    /// How much was heard at each hour of the week in a range.
    ///
    /// # Errors
    /// `unknown_zone`, the vault's errors.
    pub fn hours_of_week(&self, span: Span, zone: Option<&str>) -> Result<HoursOfWeek, AgentError> {
        Ok(tekram_listen::hours_of_week(&self.vault, span, &self.zone(zone)?)?)
    }

    /// A range at a glance; this year when none is given.
    ///
    /// # Errors
    /// `unknown_zone`, the vault's errors.
    pub fn glance(
        &self,
        span: Option<Span>,
        by: Measure,
        ranks: usize,
        zone: Option<&str>,
    ) -> Result<Glance, AgentError> {
        let (zone, now) = (self.zone(zone)?, self.clock.now());
        let span = span.map_or_else(|| Span::year_of(now, &zone), Ok)?;
        let question = GlanceQuestion { span, zone, by, ranks };
        Ok(tekram_listen::glance(&self.vault, &question, now)?)
    }

    /// When what a few words find was heard first, the best match first.
    ///
    /// # Errors
    /// `unknown_zone`, the vault's errors.
    pub fn first_heard(
        &self,
        what: What,
        text: &str,
        zone: Option<&str>,
        limit: usize,
    ) -> Result<Vec<FirstHeard>, AgentError> {
        Ok(tekram_listen::first_heard(
            &self.vault,
            what,
            text,
            &self.zone(zone)?,
            limit,
        )?)
    }

    /// What was on at a moment: RFC 3339, or a local time such as `2026-10-01T21:30`.
    ///
    /// # Errors
    /// `not_a_moment`, `unknown_zone`, the vault's errors.
    pub fn around(&self, moment: &str, zone: Option<&str>, limit: usize) -> Result<Around, AgentError> {
        let at_ms = tekram_listen::moment(moment, &self.zone(zone)?)?;
        Ok(tekram_listen::around(&self.vault, at_ms, limit)?)
    }

    /// What a few letters find, at most `limit` of each kind.
    ///
    /// # Errors
    /// The vault's errors.
    pub fn search_as_typed(&self, text: &str, limit: usize) -> Result<AsTyped, AgentError> {
        Ok(tekram_listen::search(&self.vault, text, limit)?)
    }

    /// A page of what a few letters find of one kind.
    ///
    /// # Errors
    /// `bad_cursor`, the vault's errors.
    pub fn search_page(
        &self,
        what: What,
        text: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<HitPage, AgentError> {
        let after = after.map(Cursor::from_text);
        Ok(tekram_listen::search_page(
            &self.vault,
            what,
            text,
            after.as_ref(),
            limit,
        )?)
    }

    /// A work, creator, show or publisher by itself; nothing when it is no longer heard of.
    ///
    /// # Errors
    /// `unknown_zone`, the vault's errors.
    pub fn about(&self, id: i64, by: Measure, ranks: usize, zone: Option<&str>) -> Result<Option<About>, AgentError> {
        Ok(tekram_listen::about(&self.vault, id, by, ranks, &self.zone(zone)?)?)
    }

    /// A source by itself; nothing when none of its listens is in the log.
    ///
    /// # Errors
    /// `unknown_zone`, the vault's errors.
    pub fn about_source(&self, source: &str, zone: Option<&str>) -> Result<Option<About>, AgentError> {
        Ok(tekram_listen::about_source(&self.vault, source, &self.zone(zone)?)?)
    }

    /// The work, creators, show and publisher that a listen belongs to.
    ///
    /// # Errors
    /// `no_such_listen`, the vault's errors.
    pub fn belongs_to(&self, listen: i64) -> Result<Vec<Named>, AgentError> {
        Ok(tekram_listen::belongs_to(&self.vault, listen)?)
    }

    /// A page of the listens of a work, creator, show or publisher, newest first.
    ///
    /// # Errors
    /// `bad_cursor`, the vault's errors.
    pub fn listens_of(&self, id: i64, after: Option<&str>, limit: usize) -> Result<Page, AgentError> {
        let after = after.map(Cursor::from_text);
        Ok(tekram_listen::listens_of(&self.vault, id, after.as_ref(), limit)?)
    }
}

/// A range of dates as people write it: `2026`, `2026-10`, `2026-W40`, `2026-10-01`, two of them with `..` between, or
/// `all`.
///
/// # Errors
/// `not_a_range`.
pub fn span(text: &str) -> Result<Span, AgentError> {
    Ok(Span::parse(text)?)
}
