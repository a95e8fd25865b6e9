//! What months and years come to: how much, what most, what new, what no more, when; and what a few letters find. A span
//! is written as people write dates: `2026`, `2026-10`, `2026-W40`, `2026-10-01`, two of them with `..` between (both
//! included), one end left out, or `all`. Dates go by the clock where something was heard, else by the persona's zone.

use tekram_agent::Forgotten;

use super::{Listen, ListenPage};
use crate::error::TekramError;
use crate::persona::Persona;

/// How much was heard.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Amount {
    /// Listens that count as plays.
    pub plays: u64,
    /// All listens, also those that are too short to count.
    pub listens: u64,
    /// Milliseconds played, estimates included.
    pub played_ms: i64,
    /// How many of these are estimated.
    pub estimated_ms: i64,
    /// Listens of unknown length, which add no time.
    pub unknown_plays: u64,
}

impl From<tekram_agent::Amount> for Amount {
    fn from(amount: tekram_agent::Amount) -> Self {
        Self {
            plays: amount.plays,
            listens: amount.listens,
            played_ms: amount.played_ms,
            estimated_ms: amount.estimated_ms,
            unknown_plays: amount.unknown_plays,
        }
    }
}

/// What an answer can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum What {
    /// Songs, episodes, videos: the same one over all sources.
    Work,
    /// Those who made them, each for all of it where there are several.
    Creator,
    /// Albums, podcasts, books, stations.
    Show,
    /// Publishers and labels.
    Publisher,
    /// Where listens come from: `listenbrainz`, `spotify`, `this_device` …
    Source,
}

impl From<What> for tekram_agent::What {
    fn from(what: What) -> Self {
        match what {
            What::Work => Self::Work,
            What::Creator => Self::Creator,
            What::Show => Self::Show,
            What::Publisher => Self::Publisher,
            What::Source => Self::Source,
        }
    }
}

impl From<tekram_agent::What> for What {
    fn from(what: tekram_agent::What) -> Self {
        match what {
            tekram_agent::What::Work => Self::Work,
            tekram_agent::What::Creator => Self::Creator,
            tekram_agent::What::Show => Self::Show,
            tekram_agent::What::Publisher => Self::Publisher,
            tekram_agent::What::Source => Self::Source,
        }
    }
}

/// By what it is ordered and shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Measure {
    /// Number of listens that count as plays.
    Plays,
    /// Time played, estimates included.
    Time,
}

impl From<Measure> for tekram_agent::Measure {
    fn from(measure: Measure) -> Self {
        match measure {
            Measure::Plays => Self::Plays,
            Measure::Time => Self::Time,
        }
    }
}

/// A length of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Step {
    /// From midnight to midnight, `2026-10-01`.
    Day,
    /// From Monday to Sunday (ISO 8601), `2026-W40`.
    Week,
    /// A month, `2026-10`.
    Month,
    /// A year, `2026`.
    Year,
}

impl From<Step> for tekram_agent::Step {
    fn from(step: Step) -> Self {
        match step {
            Step::Day => Self::Day,
            Step::Week => Self::Week,
            Step::Month => Self::Month,
            Step::Year => Self::Year,
        }
    }
}

/// What was heard in one day, week, month or year.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PeriodAmount {
    /// Its name, a span: `2026-10-01`, `2026-W40`, `2026-10`, `2026`.
    pub period: String,
    /// Its first day, also where the span asked for begins later.
    pub first_date: String,
    /// Its last day.
    pub last_date: String,
    /// How much, of what lies in the span.
    pub amount: Amount,
    /// Different works.
    pub works: u64,
    /// Different creators.
    pub creators: u64,
}

/// A page of periods.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PeriodPage {
    /// Those in which something was heard, newest first.
    pub periods: Vec<PeriodAmount>,
    /// Hand it back as `after` for the next page; nothing on the last.
    pub next: Option<String>,
}

/// A rank.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Ranked {
    /// From 1.
    pub rank: u64,
    /// Number of the work, creator, show or publisher in this log; 0 for a source, which goes by its name.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Who made it; empty for a creator, a publisher and a source, and where it is not known.
    pub maker: String,
    /// How much.
    pub amount: Amount,
    /// Its share of all that was heard in the span, in thousandths of the measure. Creators of one work have it all each,
    /// so creators' shares may add up to more than all.
    pub share_permille: u64,
}

impl From<tekram_agent::Ranked> for Ranked {
    fn from(ranked: tekram_agent::Ranked) -> Self {
        Self {
            rank: ranked.rank,
            id: ranked.id,
            name: ranked.name,
            maker: ranked.maker,
            amount: ranked.amount.into(),
            share_permille: ranked.share_permille,
        }
    }
}

/// A page of ranks.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Top {
    /// The ranks, the first first.
    pub ranks: Vec<Ranked>,
    /// How many there are in all.
    pub count: u64,
    /// All that was heard in the span.
    pub total: Amount,
    /// Hand it back as `after` for the next page; nothing on the last.
    pub next: Option<String>,
}

/// A work, creator, show or publisher with all that was ever heard of it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Known {
    /// Its number in this log.
    pub id: i64,
    /// What it is.
    pub what: What,
    /// Its name.
    pub name: String,
    /// Who made it; empty for a creator and a publisher, and where it is not known.
    pub maker: String,
    /// How much, ever.
    pub amount: Amount,
    /// Start of the first listen.
    pub first_ms: i64,
    /// Start of the last one.
    pub last_ms: i64,
}

impl From<tekram_agent::Known> for Known {
    fn from(known: tekram_agent::Known) -> Self {
        Self {
            id: known.id,
            what: known.what.into(),
            name: known.name,
            maker: known.maker,
            amount: known.amount.into(),
            first_ms: known.first_ms,
            last_ms: known.last_ms,
        }
    }
}

/// A page of them.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct KnownPage {
    /// The entries.
    pub entries: Vec<Known>,
    /// How many there are in all.
    pub count: u64,
    /// Hand it back as `after` for the next page; nothing on the last.
    pub next: Option<String>,
}

impl From<tekram_agent::KnownPage> for KnownPage {
    fn from(page: tekram_agent::KnownPage) -> Self {
        Self {
            entries: page.entries.into_iter().map(Known::from).collect(),
            count: page.count,
            next: page.next.map(|next| next.as_str().to_owned()),
        }
    }
}

/// Days in a row.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Streak {
    /// How many.
    pub days: u64,
    /// The first of them, `2026-10-01`.
    pub first_date: String,
    /// The last of them.
    pub last_date: String,
}

impl From<tekram_agent::Streak> for Streak {
    fn from(streak: tekram_agent::Streak) -> Self {
        Self {
            days: streak.days,
            first_date: streak.first_date,
            last_date: streak.last_date,
        }
    }
}

/// The streaks of a span.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Streaks {
    /// Days on which something was heard.
    pub days_heard: u64,
    /// The longest streak, the latest of equally long ones.
    pub longest: Option<Streak>,
    /// The one that goes on: its last day is today, or yesterday while today is not over.
    pub current: Option<Streak>,
}

impl From<tekram_agent::Streaks> for Streaks {
    fn from(streaks: tekram_agent::Streaks) -> Self {
        Self {
            days_heard: streaks.days_heard,
            longest: streaks.longest.map(Streak::from),
            current: streaks.current.map(Streak::from),
        }
    }
}

/// The hours of the week.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HoursOfWeek {
    /// Seven days from Monday on, each with 24 hours. A listen belongs to the hour of its start.
    pub days: Vec<Vec<Amount>>,
}

impl From<tekram_agent::HoursOfWeek> for HoursOfWeek {
    fn from(hours: tekram_agent::HoursOfWeek) -> Self {
        let day = |day: [tekram_agent::Amount; 24]| day.into_iter().map(Amount::from).collect();
        Self {
            days: hours.days.into_iter().map(day).collect(),
        }
    }
}

/// How much was heard on a day or in a month.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct DatedAmount {
    /// `2026-10-01` or `2026-10`.
    pub date: String,
    /// How much.
    pub amount: Amount,
}

impl From<tekram_agent::DatedAmount> for DatedAmount {
    fn from(dated: tekram_agent::DatedAmount) -> Self {
        Self {
            date: dated.date,
            amount: dated.amount.into(),
        }
    }
}

/// How many different ones.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Different {
    /// Works.
    pub works: u64,
    /// Creators.
    pub creators: u64,
    /// Shows.
    pub shows: u64,
    /// Publishers.
    pub publishers: u64,
}

impl From<tekram_agent::Different> for Different {
    fn from(different: tekram_agent::Different) -> Self {
        Self {
            works: different.works,
            creators: different.creators,
            shows: different.shows,
            publishers: different.publishers,
        }
    }
}

/// A span at a glance.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Glance {
    /// Its first day, when it has one.
    pub first_date: Option<String>,
    /// Its last day, when it has one.
    pub last_date: Option<String>,
    /// All of it.
    pub total: Amount,
    /// How many different ones were heard.
    pub different: Different,
    /// How many of them for the first time.
    pub new: Different,
    /// Days in a row.
    pub streaks: Streaks,
    /// The months in which something was heard, in order.
    pub months: Vec<DatedAmount>,
    /// The days on which something was heard, in order.
    pub days: Vec<DatedAmount>,
    /// The day on which most was heard, by time; the first of equal ones.
    pub busiest_day: Option<DatedAmount>,
    /// The hours of the week.
    pub hours_of_week: HoursOfWeek,
    /// The works heard most.
    pub works: Vec<Ranked>,
    /// The creators heard most.
    pub creators: Vec<Ranked>,
    /// The shows heard most.
    pub shows: Vec<Ranked>,
    /// All sources, the one heard most first.
    pub sources: Vec<Ranked>,
}

impl From<tekram_agent::Glance> for Glance {
    fn from(glance: tekram_agent::Glance) -> Self {
        let ranks = |ranks: Vec<tekram_agent::Ranked>| ranks.into_iter().map(Ranked::from).collect();
        let dated = |dated: Vec<tekram_agent::DatedAmount>| dated.into_iter().map(DatedAmount::from).collect();
        Self {
            busiest_day: glance.busiest_day().cloned().map(DatedAmount::from),
            first_date: glance.first_date,
            last_date: glance.last_date,
            total: glance.total.into(),
            different: glance.different.into(),
            new: glance.new.into(),
            streaks: glance.streaks.into(),
            months: dated(glance.months),
            days: dated(glance.days),
            hours_of_week: glance.hours_of_week.into(),
            works: ranks(glance.works),
            creators: ranks(glance.creators),
            shows: ranks(glance.shows),
            sources: ranks(glance.sources),
        }
    }
}

/// A work, creator, show, publisher or source by itself.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct About {
    /// What it is.
    pub what: What,
    /// Its number in this log; 0 for a source.
    pub id: i64,
    /// Its name; of a source the stable name.
    pub name: String,
    /// Who made it; empty for a creator, a publisher and a source, and where it is not known.
    pub maker: String,
    /// How much, ever.
    pub amount: Amount,
    /// The date of the first listen where it was heard, `2026-10-01`.
    pub first_date: String,
    /// The date of the last one.
    pub last_date: String,
    /// The months in which it was heard, in order.
    pub months: Vec<DatedAmount>,
    /// The works of it that were heard most, with their share of it; none for a work and for a source.
    pub works: Vec<Ranked>,
}

impl From<tekram_agent::About> for About {
    fn from(about: tekram_agent::About) -> Self {
        Self {
            what: about.what.into(),
            id: about.id,
            name: about.name,
            maker: about.maker,
            amount: about.amount.into(),
            first_date: about.first_date,
            last_date: about.last_date,
            months: about.months.into_iter().map(DatedAmount::from).collect(),
            works: about.works.into_iter().map(Ranked::from).collect(),
        }
    }
}

/// Something that a listen belongs to.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Named {
    /// Its number in this log.
    pub id: i64,
    /// What it is.
    pub what: What,
    /// Its name.
    pub name: String,
}

/// Something that goes by a name, and the first listen of it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FirstHeard {
    /// What it is, and all that was ever heard of it.
    pub known: Known,
    /// The date of the first listen where it was heard, `2026-10-01`.
    pub first_date: String,
    /// The first listen.
    pub first: Option<Listen>,
}

/// What was on at a moment.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Around {
    /// The moment.
    pub at_ms: i64,
    /// What was playing, the latest begun first.
    pub playing: Vec<Listen>,
    /// What was begun before and was over, the latest first.
    pub before: Vec<Listen>,
    /// What was begun after, the earliest first.
    pub after: Vec<Listen>,
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Hit {
    /// What it is, and all that was ever heard of it.
    pub known: Known,
    /// Whether it has the words as whole ones; else only their beginnings.
    pub whole_words: bool,
}

/// A page of what was found of one kind.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HitPage {
    /// Whole words first, then the newest heard.
    pub entries: Vec<Hit>,
    /// Hand it back as `after` for the next page; nothing on the last.
    pub next: Option<String>,
}

impl From<tekram_agent::HitPage> for HitPage {
    fn from(page: tekram_agent::HitPage) -> Self {
        let hits = page.entries.into_iter().map(|hit| Hit {
            known: hit.known.into(),
            whole_words: hit.whole_words,
        });
        Self {
            entries: hits.collect(),
            next: page.next.map(|next| next.as_str().to_owned()),
        }
    }
}

/// The first results for what was typed so far.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct AsTyped {
    /// Works with all the words in title, creators, show, publisher, notes or tags.
    pub works: HitPage,
    /// Creators with all the words in their name.
    pub creators: HitPage,
    /// Albums, podcasts, books and stations with all the words in their name.
    pub shows: HitPage,
    /// Publishers and labels with all the words in their name.
    pub publishers: HitPage,
}

fn listens(listens: Vec<tekram_agent::Listen>) -> Vec<Listen> {
    listens.into_iter().map(Listen::from).collect()
}

#[uniffi::export]
impl Persona {
    /// A span at a glance, with at most `ranks` works, creators and shows; the year that it is now when none is given.
    ///
    /// # Errors
    /// `not_a_range`, `unknown_zone`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn glance(&self, span: Option<String>, by: Measure, ranks: u32) -> Result<Glance, TekramError> {
        self.beside(move |core| {
            let span = span.map(|span| tekram_agent::span(&span)).transpose()?;
            Ok(core.glance(span, by.into(), ranks as usize, None)?.into())
        })
        .await
    }

    /// The days, weeks, months or years of a span, newest first, by page, with how much was heard in each.
    ///
    /// # Errors
    /// `not_a_range`, `bad_cursor`, `unknown_zone`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn heard_by(
        &self,
        step: Step,
        span: String,
        after: Option<String>,
        limit: u32,
    ) -> Result<PeriodPage, TekramError> {
        self.beside(move |core| {
            let span = tekram_agent::span(&span)?;
            let page = core.heard_by(step.into(), span, None, after.as_deref(), limit as usize)?;
            let periods = page.periods.into_iter().map(|period| PeriodAmount {
                period: period.period,
                first_date: period.first_date,
                last_date: period.last_date,
                amount: period.amount.into(),
                works: period.works,
                creators: period.creators,
            });
            Ok(PeriodPage {
                periods: periods.collect(),
                next: page.next.map(|next| next.as_str().to_owned()),
            })
        })
        .await
    }

    /// What was heard most in a span and each one's share, by page.
    ///
    /// # Errors
    /// `not_a_range`, `bad_cursor`, `unknown_zone`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn top(
        &self,
        what: What,
        by: Measure,
        span: String,
        after: Option<String>,
        limit: u32,
    ) -> Result<Top, TekramError> {
        self.beside(move |core| {
            let span = tekram_agent::span(&span)?;
            let top = core.top(what.into(), by.into(), span, None, after.as_deref(), limit as usize)?;
            Ok(Top {
                ranks: top.ranks.into_iter().map(Ranked::from).collect(),
                count: top.count,
                total: top.total.into(),
                next: top.next.map(|next| next.as_str().to_owned()),
            })
        })
        .await
    }

    /// What was heard for the first time in a span, the newest first, by page. There is nothing for sources.
    ///
    /// # Errors
    /// `not_a_range`, `bad_cursor`, `unknown_zone`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn newly_heard(
        &self,
        what: What,
        span: String,
        after: Option<String>,
        limit: u32,
    ) -> Result<KnownPage, TekramError> {
        self.beside(move |core| {
            let span = tekram_agent::span(&span)?;
            Ok(core
                .newly_heard(what.into(), span, None, after.as_deref(), limit as usize)?
                .into())
        })
        .await
    }

    /// What was heard at least `least_plays` times and not for so many `months` up to now, most often heard first, by page.
    /// There is nothing for sources.
    ///
    /// # Errors
    /// `not_a_range` for more months than there are, `bad_cursor`, `unknown_zone`, `paused`, `locked`, `closed`, the vault's
    /// errors.
    pub async fn forgotten(
        &self,
        what: What,
        months: u32,
        least_plays: u64,
        after: Option<String>,
        limit: u32,
    ) -> Result<KnownPage, TekramError> {
        self.beside(move |core| {
            let forgotten = Forgotten { months, least_plays };
            Ok(core
                .forgotten(what.into(), forgotten, None, after.as_deref(), limit as usize)?
                .into())
        })
        .await
    }

    /// The longest and the current streak of days in a span.
    ///
    /// # Errors
    /// `not_a_range`, `unknown_zone`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn streaks(&self, span: String) -> Result<Streaks, TekramError> {
        self.beside(move |core| Ok(core.streaks(tekram_agent::span(&span)?, None)?.into()))
            .await
    }

    /// How much was heard at each hour of the week in a span.
    ///
    /// # Errors
    /// `not_a_range`, `unknown_zone`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn hours_of_week(&self, span: String) -> Result<HoursOfWeek, TekramError> {
        self.beside(move |core| Ok(core.hours_of_week(tekram_agent::span(&span)?, None)?.into()))
            .await
    }

    /// When what a few words find was heard first, the best match first. There is nothing for sources.
    ///
    /// # Errors
    /// `unknown_zone`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn first_heard(&self, what: What, text: String, limit: u32) -> Result<Vec<FirstHeard>, TekramError> {
        self.beside(move |core| {
            let found = core.first_heard(what.into(), &text, None, limit as usize)?;
            let found = found.into_iter().map(|one| FirstHeard {
                known: one.known.into(),
                first_date: one.first_date,
                first: one.first.map(Listen::from),
            });
            Ok(found.collect())
        })
        .await
    }

    /// What was on at a moment, with at most `limit` listens before and after it. A moment is RFC 3339 with an offset, or a
    /// local time of the persona's zone, `2026-10-01T21:30`; a date alone is its noon.
    ///
    /// # Errors
    /// `not_a_moment`, `unknown_zone`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn around(&self, moment: String, limit: u32) -> Result<Around, TekramError> {
        self.beside(move |core| {
            let around = core.around(&moment, None, limit as usize)?;
            Ok(Around {
                at_ms: around.at_ms,
                playing: listens(around.playing),
                before: listens(around.before),
                after: listens(around.after),
            })
        })
        .await
    }

    /// What a few letters find, at most `limit` of each kind; quick enough for every letter.
    ///
    /// # Errors
    /// `paused`, `locked`, `closed`, the vault's errors.
    pub async fn search_as_typed(&self, text: String, limit: u32) -> Result<AsTyped, TekramError> {
        self.beside(move |core| {
            let found = core.search_as_typed(&text, limit as usize)?;
            Ok(AsTyped {
                works: found.works.into(),
                creators: found.creators.into(),
                shows: found.shows.into(),
                publishers: found.publishers.into(),
            })
        })
        .await
    }

    /// What a few letters find of one kind, by page. There is nothing for sources.
    ///
    /// # Errors
    /// `bad_cursor`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn search_page(
        &self,
        what: What,
        text: String,
        after: Option<String>,
        limit: u32,
    ) -> Result<HitPage, TekramError> {
        self.beside(move |core| {
            Ok(core
                .search_page(what.into(), &text, after.as_deref(), limit as usize)?
                .into())
        })
        .await
    }

    /// A work, creator, show or publisher by itself, with at most `ranks` works; nothing when it is no longer heard of.
    ///
    /// # Errors
    /// `unknown_zone`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn about(&self, id: i64, by: Measure, ranks: u32) -> Result<Option<About>, TekramError> {
        self.beside(move |core| Ok(core.about(id, by.into(), ranks as usize, None)?.map(About::from)))
            .await
    }

    /// A source by itself, by its stable name; nothing when none of its listens is in the log.
    ///
    /// # Errors
    /// `unknown_zone`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn about_source(&self, source: String) -> Result<Option<About>, TekramError> {
        self.beside(move |core| Ok(core.about_source(&source, None)?.map(About::from)))
            .await
    }

    /// What a listen belongs to: its work, its creators in their order, its show and its publisher, as far as they are
    /// known.
    ///
    /// # Errors
    /// `no_such_listen`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn belongs_to(&self, listen: i64) -> Result<Vec<Named>, TekramError> {
        self.beside(move |core| {
            let named = core.belongs_to(listen)?.into_iter().map(|named| Named {
                id: named.id,
                what: named.what.into(),
                name: named.name,
            });
            Ok(named.collect())
        })
        .await
    }

    /// The listens of a work, creator, show or publisher, newest first, by page.
    ///
    /// # Errors
    /// `bad_cursor`, `paused`, `locked`, `closed`, the vault's errors.
    pub async fn listens_of(&self, id: i64, after: Option<String>, limit: u32) -> Result<ListenPage, TekramError> {
        self.beside(move |core| {
            let page = core.listens_of(id, after.as_deref(), limit as usize)?;
            Ok(ListenPage {
                listens: listens(page.listens),
                next: page.next.map(|next| next.as_str().to_owned()),
            })
        })
        .await
    }
}
