//! The words of the command line. What each command does is in `commands/`.

mod account;
mod answer;
pub mod capture;
mod edit;
mod endpoint;
mod feed;
mod keep;
mod leave;
mod leaving;
mod reading;
mod vault;

use std::path::PathBuf;

use capture::CaptureCommand;
use clap::{Args, Parser, Subcommand, ValueEnum};

pub use account::{AccountCommand, AccountKind};
pub use answer::{AnswerCommand, By, Range, Subject, Weight};
pub use edit::EditCommand;
pub use endpoint::{EndpointCommand, TokenCommand};
pub use feed::FeedCommand;
pub use keep::{
    AddPurchase, AttributeCommand, AttributeKind, CredentialCommand, CsvColumns, DateForm, FileCommand, KeepCommand,
    MembershipCommand, PenCommand, PreferenceCommand, PurchaseCommand, SetAttribute, ShowCredential, Stance,
};
pub use leave::{Backup, From, LeaveCommand, Login};
pub use leaving::{AccountChange, Disclose, Export, Fields, Form, SubmitCommand, Verify, Which};
pub use reading::ReadingArgs;
pub use vault::{AuditArgs, FaceArgs, Shown, VaultCommand};

/// Your side of every deal: hear, choose, pay; want, offer, accept.
#[derive(Debug, Parser)]
#[command(
    name = "tekram",
    version,
    max_term_width = 110,
    after_help = "Example:\n  tekram persona create Home\n  tekram --persona Home listen import my_spotify_data.zip"
)]
pub struct Cli {
    /// Folder that holds the personas' vaults [default: the user's data folder].
    #[arg(long, global = true, env = "TEKRAM_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Persona to act as; may be left out when there is only one.
    #[arg(long, global = true, env = "TEKRAM_PERSONA", value_name = "NAME")]
    pub persona: Option<String>,
    /// Print one JSON object instead of text.
    #[arg(long, global = true)]
    pub json: bool,
    /// Allow this `host:port` although it lies on a private or local address; may be repeated.
    #[arg(
        long,
        global = true,
        env = "TEKRAM_ALLOW",
        value_delimiter = ',',
        value_name = "HOST:PORT"
    )]
    pub allow: Vec<String>,
    /// Send everything through this proxy (`socks5h://…` or `http://…`).
    #[arg(long, global = true, env = "TEKRAM_PROXY", value_name = "URL")]
    pub proxy: Option<String>,
    /// Folder of this device's key store, outside the data: with it, a vault that was put back to an older state is noticed.
    #[arg(long, global = true, env = "TEKRAM_KEY_STORE", value_name = "DIR")]
    pub key_store: Option<PathBuf>,
    /// Leave this way of paying out, `cashu` or `hand_off`; may be repeated.
    #[arg(
        long,
        global = true,
        env = "TEKRAM_RAILS_OFF",
        value_delimiter = ',',
        value_name = "KIND"
    )]
    pub rail_off: Vec<RailKind>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// A way of paying that can be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum RailKind {
    /// E-cash.
    Cashu,
    /// Links that are finished in another app.
    HandOff,
}

/// The rooms.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Personas: separate faces, each with a vault of its own.
    #[command(subcommand, after_help = "Example:\n  tekram persona create Home")]
    Persona(PersonaCommand),
    /// History: what was heard and watched.
    #[command(
        subcommand,
        after_help = "Example:\n  tekram listen import listens.zip\n  tekram listen accept 1\n  tekram listen hours"
    )]
    Listen(ListenCommand),
    /// EmanciPay: divide a budget over those who made what was heard, and pay them.
    #[command(
        subcommand,
        after_help = "Example:\n  tekram pay discover\n  tekram pay statement --budget \"10 EUR\" --svg split.svg\n  tekram pay commit 2026-10\n  tekram pay settle 2026-10 --mint https://mint.example"
    )]
    Pay(PayCommand),
    /// Requests: say what is wanted, get sealed offers.
    #[command(
        subcommand,
        after_help = "Example:\n  tekram intent send --want \"wireless headphones\" --max \"250 EUR\" --at 52.52,13.40 --relay wss://relay.example"
    )]
    Intent(IntentCommand),
    /// Relations: everybody met, where both sides stand, and what was agreed.
    #[command(subcommand, after_help = "Example:\n  tekram relate list")]
    Relate(RelateCommand),
    /// Terms: the roster of agreements and what was agreed with whom.
    #[command(subcommand, after_help = "Example:\n  tekram terms show PDC-INTENT")]
    Terms(TermsCommand),
    /// Keep: what you know about yourself, what others vouch for, what you bought; cards, preferences, files.
    #[command(
        subcommand,
        after_help = "Example:\n  tekram keep attribute set email ada@example.org\n  tekram keep pen list"
    )]
    Keep(KeepCommand),
    /// The vault itself: how it looks and locks, what its audit says, its key, and the ways out and back.
    #[command(subcommand, after_help = "Example:\n  tekram vault wipe-after 20")]
    Vault(VaultCommand),
}

/// `tekram persona …`
#[derive(Debug, Subcommand)]
pub enum PersonaCommand {
    /// Create a persona; its passphrase is asked for, or taken from TEKRAM_PASSPHRASE.
    #[command(after_help = "Example:\n  tekram persona create Home")]
    Create {
        /// Name shown on the locked screen.
        name: String,
    },
    /// List the personas; nothing is unlocked.
    #[command(after_help = "Example:\n  tekram persona list")]
    List,
    /// Unlock the persona and say what its vault holds.
    #[command(after_help = "Example:\n  tekram --persona Home persona show")]
    Show,
    /// What left the persona: requests, accepted offers, payments; newest first.
    #[command(after_help = "Example:\n  tekram persona shared --limit 50")]
    Shared {
        #[command(flatten)]
        page: Page,
    },
    /// The hosts that the persona has asked, what for and since when.
    #[command(after_help = "Example:\n  tekram persona networks")]
    Networks,
    /// How the persona can be unlocked; nothing is unlocked.
    #[command(after_help = "Example:\n  tekram persona ways")]
    Ways,
    /// Remove a way in; the last one stays.
    #[command(after_help = "Example:\n  tekram persona remove-way \"passphrase 2\"")]
    RemoveWay {
        /// The way in, as `tekram persona ways` names it.
        name: String,
    },
    /// Change the passphrase; the new one is asked for, or taken from TEKRAM_NEW_PASSPHRASE.
    #[command(after_help = "Example:\n  tekram persona passphrase")]
    Passphrase {
        /// Add another passphrase instead; those that are there stay.
        #[arg(long)]
        add: bool,
    },
    /// Recovery words: 24 words on paper that open the persona when everything else is lost.
    #[command(
        subcommand,
        after_help = "Example:\n  tekram persona recovery new\n  tekram persona recovery check"
    )]
    Recovery(RecoveryCommand),
    /// Call the persona something else.
    #[command(after_help = "Example:\n  tekram --persona Home persona rename Me")]
    Rename {
        /// The new name.
        name: String,
    },
    /// Delete the persona for good: its key first, then everything it held.
    #[command(after_help = "Example:\n  tekram --persona Home persona delete --yes")]
    Delete {
        /// Yes, everything: there is no way back.
        #[arg(long)]
        yes: bool,
    },
}

/// `tekram persona recovery …`
#[derive(Debug, Subcommand)]
pub enum RecoveryCommand {
    /// Make new words and show them, to be written down; they open nothing before they are checked.
    #[command(after_help = "Example:\n  tekram persona recovery new")]
    New,
    /// Show the words that were not checked yet once more.
    #[command(after_help = "Example:\n  tekram persona recovery show")]
    Show,
    /// Ask for some of the words, and take them into use; or take all from TEKRAM_RECOVERY_WORDS.
    #[command(after_help = "Example:\n  tekram persona recovery check")]
    Check,
    /// Whether recovery words are due.
    #[command(after_help = "Example:\n  tekram persona recovery due --about-to-pay")]
    Due {
        /// Money is about to be sent.
        #[arg(long)]
        about_to_pay: bool,
    },
}

/// Which page of a list.
#[derive(Debug, Args)]
pub struct Page {
    /// At most this many rows.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub limit: u32,
    /// Start after this cursor, as the page before printed it.
    #[arg(long)]
    pub after: Option<String>,
}

/// The kinds of what is heard, watched or read.
const KINDS: [&str; 7] = ["music", "podcast", "radio", "audiobook", "video", "page", "advert"];

/// `tekram listen …`
#[derive(Debug, Subcommand)]
pub enum ListenCommand {
    /// Read an export into the holding pen; nothing counts until it is accepted.
    #[command(
        after_help = "Formats are told by their content; `tekram listen look FILE` says which one it is. A table of no known format\nneeds its columns named.\n\nExample:\n  tekram listen import listenbrainz_export.zip\n  tekram listen import .scrobbler.log --zone Europe/Berlin\n  tekram listen import history.csv --column time=Date --column title=Song --column artist=2"
    )]
    Import {
        /// The file.
        file: PathBuf,
        /// Accept what is new at once.
        #[arg(long)]
        accept: bool,
        #[command(flatten)]
        read_as: ReadingArgs,
    },
    /// Look at an export without importing it: its format, and of a table the headings, first rows and likely columns.
    #[command(after_help = "Example:\n  tekram listen look history.csv")]
    Look {
        /// The file.
        file: PathBuf,
    },
    /// The holding pen and past imports.
    #[command(after_help = "Example:\n  tekram listen batches")]
    Batches,
    /// Look at what an import would add.
    #[command(after_help = "Example:\n  tekram listen preview 1 --limit 50")]
    Preview {
        /// Number of the import.
        batch: i64,
        #[command(flatten)]
        page: Page,
    },
    /// Lines of an import that were refused, and why.
    #[command(after_help = "Example:\n  tekram listen refused 1")]
    Refused {
        /// Number of the import.
        batch: i64,
        #[command(flatten)]
        page: Page,
    },
    /// Take an import into the log.
    #[command(after_help = "Example:\n  tekram listen accept 1")]
    Accept {
        /// Number of the import.
        batch: i64,
    },
    /// Throw an import away before it was accepted.
    #[command(after_help = "Example:\n  tekram listen reject 1")]
    Reject {
        /// Number of the import.
        batch: i64,
    },
    /// Take an accepted import out of the log again, back into the holding pen.
    #[command(after_help = "Example:\n  tekram listen undo 1")]
    Undo {
        /// Number of the import.
        batch: i64,
    },
    /// Hours by source, over everything or one month.
    #[command(after_help = "Example:\n  tekram listen hours --month 2026-10")]
    Hours {
        /// Month, `YYYY-MM`.
        #[arg(long)]
        month: Option<String>,
        #[command(flatten)]
        zone: Zone,
    },
    /// Months in which something was heard.
    #[command(after_help = "Example:\n  tekram listen months")]
    Months {
        #[command(flatten)]
        zone: Zone,
    },
    /// Days with their hours by source, newest first.
    #[command(after_help = "Example:\n  tekram listen days --month 2026-10")]
    Days {
        #[command(flatten)]
        narrow: Narrow,
        #[command(flatten)]
        page: Page,
    },
    /// The log, newest first.
    #[command(after_help = "Example:\n  tekram listen list --limit 50")]
    List {
        #[command(flatten)]
        narrow: Narrow,
        #[command(flatten)]
        page: Page,
    },
    /// Search by words in title, creators, show, publisher, notes and tags; case and accents do not matter.
    #[command(after_help = "Example:\n  tekram listen search \"harbour lights\" --kind podcast")]
    Search {
        /// Words, or beginnings of words.
        text: String,
        #[command(flatten)]
        narrow: Narrow,
        #[command(flatten)]
        page: Page,
    },
    /// One listen: what it was, who made it, when and where it was heard, how often before, and how this is known.
    #[command(after_help = "Example:\n  tekram listen show 12")]
    Show {
        /// Number of the listen.
        listen: i64,
    },
    /// Say what you think of a listen.
    #[command(after_help = "Example:\n  tekram listen rate 12 up")]
    Rate {
        /// Number of the listen.
        listen: i64,
        /// What you think of it.
        #[arg(value_enum)]
        thumb: Rating,
    },
    /// What this device captures.
    #[command(flatten)]
    Capture(CaptureCommand),
    /// What a person changes.
    #[command(flatten)]
    Edit(EditCommand),
    /// Write the log to a file in an open format.
    #[command(
        after_help = "Example:\n  tekram listen export listens.jsonl\n  tekram listen export everything.jsonl --form full\n  tekram listen export october.csv --form csv --from 2026-10-01 --until 2026-11-01 --columns start_local,title,show"
    )]
    Export(Export),
    /// Show listens to a party: a signed extract under an agreement, of which more can be shown later and fits.
    #[command(
        after_help = "Example:\n  tekram listen disclose --to did:key:… --agreement 3f… --from 2026-10-01 --until 2026-11-01 --fields start,show,played_seconds --blur start=day --nonce n-1 --out october.sd-jwt\n  tekram listen disclose --more 9c… --fields title --nonce n-2"
    )]
    Disclose(Disclose),
    /// Extracts that were made for parties, and what was shown of each.
    #[command(after_help = "Example:\n  tekram listen disclosed")]
    Disclosed,
    /// Check an extract that somebody handed over, and read it; nothing is unlocked.
    #[command(after_help = "Example:\n  tekram listen verify october.sd-jwt --audience did:key:… --nonce n-1")]
    Verify(Verify),
    /// Send listens to a server that speaks ListenBrainz's API.
    #[command(
        subcommand,
        after_help = "Example:\n  tekram listen submit add https://api.listenbrainz.org --on\n  tekram listen submit run 1"
    )]
    Submit(SubmitCommand),
    /// From whom a history can be had: its page, how long that takes, and what its file is called.
    #[command(after_help = "Example:\n  tekram listen providers")]
    Providers,
    /// Histories that were asked for and are awaited.
    #[command(
        subcommand,
        after_help = "Example:\n  tekram listen request add spotify\n  tekram listen request list"
    )]
    Request(RequestCommand),
    /// Podcast subscriptions: those of imported lists and the feeds that were added.
    #[command(after_help = "Example:\n  tekram listen subscriptions")]
    Subscriptions,
    /// Podcast feeds that are followed, when each was asked last, and what went wrong with it.
    #[command(after_help = "Example:\n  tekram listen feeds")]
    Feeds,
    /// Follow a podcast feed, ask it, or let it go.
    #[command(
        subcommand,
        after_help = "Example:\n  tekram listen feed add https://feeds.example/show.xml\n  tekram listen feed refresh"
    )]
    Feed(FeedCommand),
    /// Episodes that feeds told of, newest first.
    #[command(after_help = "Example:\n  tekram listen episodes 1 --limit 50")]
    Episodes {
        /// Only of the feed with this number.
        feed: Option<i64>,
        #[command(flatten)]
        page: Page,
    },
    /// Chapters of an episode.
    #[command(after_help = "Example:\n  tekram listen chapters 12 --fetch")]
    Chapters {
        /// Number of the episode.
        episode: i64,
        /// Ask for the file of chapters that the feed names.
        #[arg(long)]
        fetch: bool,
    },
    /// Accounts at other services whose history is pulled, or whose player is watched.
    #[command(
        subcommand,
        after_help = "Example:\n  tekram listen account add listenbrainz ada --public\n  tekram listen account pull 1"
    )]
    Account(AccountCommand),
    /// Let other apps on this device tell what they played, as they would tell ListenBrainz.
    #[command(
        subcommand,
        after_help = "Example:\n  tekram listen endpoint token add \"Pano Scrobbler\"\n  tekram listen endpoint serve"
    )]
    Endpoint(EndpointCommand),
    /// Write the followed feeds as an OPML list, with their whole addresses.
    #[command(after_help = "Example:\n  tekram listen opml podcasts.opml")]
    Opml {
        /// File to write; it must not exist yet.
        file: PathBuf,
    },
    /// Questions about months and years.
    #[command(flatten)]
    Answer(AnswerCommand),
}

/// `tekram listen request …`
#[derive(Debug, Subcommand)]
pub enum RequestCommand {
    /// What was asked for, when it should be ready, and whether it came.
    #[command(after_help = "Example:\n  tekram listen request list")]
    List,
    /// Remember that a history was asked for just now.
    #[command(after_help = "Example:\n  tekram listen request add spotify")]
    Add {
        /// Whom: a name of `tekram listen providers`.
        provider: String,
    },
    /// Forget that a history was asked for. One that is imported is noted by itself.
    #[command(after_help = "Example:\n  tekram listen request done spotify")]
    Done {
        /// Whom: a name of `tekram listen providers`.
        provider: String,
    },
}

/// What a person thinks of a listen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Rating {
    /// More of this.
    Up,
    /// Less of this.
    Down,
    /// Nothing; takes an earlier one back.
    None,
}

/// Which part of the log.
#[derive(Debug, Args)]
pub struct Narrow {
    /// Only this month, `YYYY-MM`.
    #[arg(long)]
    pub month: Option<String>,
    /// Only from this source: `listenbrainz`, `spotify`, `gpodder`, `this_device`.
    #[arg(long)]
    pub source: Option<String>,
    /// Only of this kind.
    #[arg(long, value_parser = KINDS)]
    pub kind: Option<String>,
    /// The zone of months and days.
    #[command(flatten)]
    pub zone: Zone,
}

/// The time zone in which months begin.
#[derive(Debug, Args)]
pub struct Zone {
    /// IANA time zone in which months begin and end [default: the rules', else UTC].
    #[arg(long, env = "TEKRAM_ZONE", value_name = "ZONE")]
    pub zone: Option<String>,
}

/// What of the rules is to be changed.
#[derive(Debug, Args)]
pub struct RulesArgs {
    /// Budget of a month, for example `10 EUR` or `1500 JPY`.
    #[arg(long, allow_hyphen_values = true)]
    pub budget: Option<String>,
    /// `seconds`, `plays` or `equal`.
    #[arg(long)]
    pub weight: Option<String>,
    /// Least amount that is sent; less is saved for later.
    #[arg(long)]
    pub minimum: Option<String>,
    /// Factor of a source in thousandths, by the key that `pay sources` prints: 0 leaves it out, 1000 is as heard, 2000
    /// counts double. May be repeated.
    #[arg(long, value_name = "SOURCE=PERMILLE")]
    pub factor: Vec<String>,
    #[command(flatten)]
    pub zone: Zone,
}

/// `tekram pay …`
#[derive(Debug, Subcommand)]
pub enum PayCommand {
    /// Look in the feeds of what was heard for ways to pay their makers.
    #[command(
        after_help = "Example:\n  tekram pay discover\n  tekram pay discover --feed https://feeds.example/show.xml"
    )]
    Discover {
        /// Look only in these feeds; may be repeated.
        #[arg(long)]
        feed: Vec<String>,
    },
    /// Those who can be paid, how, and the evidence for it.
    #[command(after_help = "Example:\n  tekram pay payees")]
    Payees,
    /// Payment details and recipients that changed since they were first found; not used until confirmed.
    #[command(after_help = "Example:\n  tekram pay changes")]
    Changes,
    /// Take a change into use, after a look at it.
    #[command(after_help = "Example:\n  tekram pay confirm 0a1b2c3d4e5f6071")]
    Confirm {
        /// The change, as `tekram pay changes` names it.
        change: String,
        /// Drop the change instead; the details in use stay.
        #[arg(long)]
        reject: bool,
    },
    /// Show or change the rules: budget, weight, what is left out.
    #[command(after_help = "Example:\n  tekram pay rules --budget \"10 EUR\" --weight seconds --zone Europe/Berlin")]
    Rules {
        #[command(flatten)]
        change: RulesArgs,
    },
    /// Show what a month's statement would be under changed rules; nothing is stored.
    #[command(
        after_help = "Example:\n  tekram pay preview --month 2026-10 --factor https://feeds.example/show.xml=2000"
    )]
    Preview {
        /// Month, `YYYY-MM` [default: the log's newest].
        #[arg(long)]
        month: Option<String>,
        #[command(flatten)]
        change: RulesArgs,
    },
    /// Everything heard in a month, by source, with the factors in force: what `--factor` takes.
    #[command(after_help = "Example:\n  tekram pay sources --month 2026-10")]
    Sources {
        /// Month, `YYYY-MM` [default: the log's newest].
        #[arg(long)]
        month: Option<String>,
    },
    /// The e-cash providers that payees of a statement take, and who takes which.
    #[command(after_help = "Example:\n  tekram pay mints 2026-10")]
    Mints {
        /// Month of the statement.
        month: String,
    },
    /// Divide a month's budget over those who made what was heard.
    #[command(after_help = "Example:\n  tekram pay statement --month 2026-10 --budget \"10 EUR\" --svg split.svg")]
    Statement {
        /// Month, `YYYY-MM` [default: the log's newest].
        #[arg(long)]
        month: Option<String>,
        /// Budget for this month [default: the rules'].
        #[arg(long, allow_hyphen_values = true)]
        budget: Option<String>,
        /// Write the picture of the split to this file.
        #[arg(long, value_name = "FILE")]
        svg: Option<PathBuf>,
        #[command(flatten)]
        zone: Zone,
    },
    /// Promise the amounts of a statement: one signed record for each line that can be paid.
    #[command(after_help = "Example:\n  tekram pay commit 2026-10")]
    Commit {
        /// Month of the statement.
        month: String,
    },
    /// Meet the promises: e-cash sealed to those who take it, links for the rest. Safe to run again at any time.
    #[command(after_help = "Example:\n  tekram pay settle 2026-10 --mint https://mint.example")]
    Settle {
        /// Month of the statement.
        month: String,
        /// E-cash provider to pay with [default: the first that the payees take].
        #[arg(long)]
        mint: Option<String>,
        /// Wait at most this many seconds for the payees' receipts.
        #[arg(long, default_value_t = 30)]
        wait: u64,
    },
    /// Where a statement stands: paid, handed off, saved for later, fees.
    #[command(after_help = "Example:\n  tekram pay summary 2026-10")]
    Summary {
        /// Month of the statement [default: the newest].
        month: Option<String>,
    },
    /// Receipts, with their signed records.
    #[command(after_help = "Example:\n  tekram pay receipts 2026-10")]
    Receipts {
        /// Month of the statement [default: the newest].
        month: Option<String>,
    },
    /// The ledger: balances by account; they add up to zero.
    #[command(after_help = "Example:\n  tekram pay ledger")]
    Ledger,
    /// E-cash on hand, by provider.
    #[command(after_help = "Example:\n  tekram pay wallet --mint https://mint.example")]
    Wallet {
        /// E-cash provider.
        #[arg(long)]
        mint: String,
    },
}

/// `tekram intent …`
#[derive(Debug, Subcommand)]
pub enum IntentCommand {
    /// Broadcast what is wanted, under a key used once, with a coarse area and your terms.
    #[command(
        after_help = "Example:\n  tekram intent send --want \"wireless headphones\" --max \"250 EUR\" --at 52.52,13.40 --relay wss://relay.example"
    )]
    Send {
        /// What is wanted.
        #[arg(long)]
        want: String,
        /// Barcode of it.
        #[arg(long)]
        gtin: Option<String>,
        /// How many.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
        quantity: u32,
        /// The most to be paid for all of it, for example `250 EUR`.
        #[arg(long)]
        max: Option<String>,
        /// Where, as `LATITUDE,LONGITUDE`; blurred before it leaves the device, once for each place.
        /// From TEKRAM_AT it does not show in the list of processes.
        #[arg(
            long,
            env = "TEKRAM_AT",
            hide_env_values = true,
            value_name = "LAT,LON",
            allow_hyphen_values = true
        )]
        at: String,
        /// Characters of geohash that are published: 3 (about 150 km) to 6 (about 1 km).
        #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(3..=6))]
        precision: u8,
        /// How long offers are welcome, in hours.
        #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=720))]
        hours: u32,
        /// Your terms, by roster id.
        #[arg(long, default_value = "PDC-INTENT")]
        terms: String,
        /// Public noticeboard; may be repeated.
        #[arg(long, required = true)]
        relay: Vec<String>,
        /// Only for sellers who listen now; relays keep nothing.
        #[arg(long)]
        now: bool,
        /// Only show what would be seen; send nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Requests and where they stand.
    #[command(after_help = "Example:\n  tekram intent list")]
    List,
    /// Collect offers for a request, ranked, with the reasons.
    #[command(after_help = "Example:\n  tekram intent offers 3f2a --wait 20 --min 3")]
    Offers {
        /// The request's number, or the beginning of it.
        intent: String,
        /// Wait at most this many seconds for new offers.
        #[arg(long, default_value_t = 10)]
        wait: u64,
        /// Stop waiting when this many have come.
        #[arg(long, default_value_t = 1000)]
        min: usize,
    },
    /// Accept one offer: only its seller learns of it.
    #[command(after_help = "Example:\n  tekram intent accept 3f2a 9c41")]
    Accept {
        /// The request's number, or the beginning of it.
        intent: String,
        /// The offer's record id, or the beginning of it.
        offer: String,
        /// Wait at most this many seconds for the seller's signature.
        #[arg(long, default_value_t = 20)]
        wait: u64,
    },
    /// Take a request back.
    #[command(after_help = "Example:\n  tekram intent withdraw 3f2a")]
    Withdraw {
        /// The request's number, or the beginning of it.
        intent: String,
    },
}

/// `tekram relate …`
#[derive(Debug, Subcommand)]
pub enum RelateCommand {
    /// Everybody met, the newest first, with both halves of the relation.
    #[command(after_help = "Example:\n  tekram relate list")]
    List,
    /// One party: what was proposed and agreed, in plain words, and whose signatures hold.
    #[command(after_help = "Example:\n  tekram relate show did:key:z6Mk…")]
    Show {
        /// The party as `tekram relate list` prints it, or the beginning of it.
        party: String,
    },
}

/// `tekram terms …`
#[derive(Debug, Subcommand)]
pub enum TermsCommand {
    /// The roster.
    #[command(after_help = "Example:\n  tekram terms list")]
    List,
    /// One agreement's text and summary.
    #[command(after_help = "Example:\n  tekram terms show PDC-INTENT")]
    Show {
        /// Roster id.
        id: String,
    },
    /// What was agreed, with whom, and its record.
    #[command(after_help = "Example:\n  tekram terms agreements")]
    Agreements,
    /// Write an agreement's signed record to a file, byte for byte as both sides keep it.
    #[command(after_help = "Example:\n  tekram terms export RECORD-ID agreement.json")]
    Export {
        /// Record id.
        id: String,
        /// File to write.
        file: PathBuf,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{Command, CommandFactory};

    fn without_example(command: &Command, path: &str, found: &mut Vec<String>) {
        let path = format!("{path} {}", command.get_name());
        if !command
            .get_after_help()
            .is_some_and(|help| help.to_string().contains("Example:\n  tekram "))
        {
            found.push(path.clone());
        }
        for below in command.get_subcommands() {
            without_example(below, &path, found);
        }
    }

    #[test]
    fn the_words_fit_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_help_has_an_example() {
        let mut found = Vec::new();
        without_example(&Cli::command(), "", &mut found);
        assert_eq!(found, Vec::<String>::new());
    }
}
