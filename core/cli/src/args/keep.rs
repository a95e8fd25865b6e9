//! The words of `tekram keep …`: what a person keeps about themselves and their dealings, and what waits to be looked at.

mod credential;
mod purchase;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

pub use credential::{CredentialCommand, ShowCredential};
pub use purchase::{AddPurchase, CsvColumns, DateForm, PurchaseCommand};

/// `tekram keep …`
#[derive(Debug, Subcommand)]
pub enum KeepCommand {
    /// What you say about yourself, or others vouch for: name, addresses, numbers.
    #[command(
        subcommand,
        after_help = "Example:\n  tekram keep attribute set email ada@example.org --label home"
    )]
    Attribute(AttributeCommand),
    /// What others vouch for: receive it, ask whether it holds, show a part of it.
    #[command(
        subcommand,
        after_help = "Example:\n  tekram keep credential key library\n  tekram keep credential receive member.sd-jwt\n  tekram keep credential show ID --to did:key:… --nonce n-1 --audience https://shop.example /email"
    )]
    Credential(CredentialCommand),
    /// What you bought. Confirmed offers and receipts come by themselves.
    #[command(subcommand, after_help = "Example:\n  tekram keep purchase list --text tea")]
    Purchase(PurchaseCommand),
    /// Cards and clubs, with the code that a till scans.
    #[command(
        subcommand,
        after_help = "Example:\n  tekram keep membership add Library --number 4006381333931"
    )]
    Membership(MembershipCommand),
    /// What you like, avoid or need.
    #[command(subcommand, after_help = "Example:\n  tekram keep preference set diet gluten avoids")]
    Preference(PreferenceCommand),
    /// Files, encrypted like everything else: receipts, photos of cards.
    #[command(subcommand, after_help = "Example:\n  tekram keep file add receipt.pdf")]
    File(FileCommand),
    /// What came from outside and waits until you have looked at it.
    #[command(
        subcommand,
        after_help = "Example:\n  tekram keep pen list\n  tekram keep pen show 1\n  tekram keep pen accept 1"
    )]
    Pen(PenCommand),
}

/// `tekram keep attribute …`
#[derive(Debug, Subcommand)]
pub enum AttributeCommand {
    /// What stands now.
    #[command(after_help = "Example:\n  tekram keep attribute list")]
    List,
    /// Keep something; what stood under the same property and label becomes history.
    #[command(
        after_help = "Example:\n  tekram keep attribute set name \"Ada Lovelace\" --given-name Ada --family-name Lovelace\n  tekram keep attribute set \"shoe size\" 39"
    )]
    Set(SetAttribute),
    /// Keep a postal address.
    #[command(
        after_help = "Example:\n  tekram keep attribute set-address \"Gasse 1\" --postal-code 1010 --town Wien --country AT"
    )]
    SetAddress(SetAddress),
    /// What stood in the place of one before.
    #[command(after_help = "Example:\n  tekram keep attribute history 3")]
    History {
        /// Its number.
        id: i64,
    },
    /// From now on it stands no more; its history stays.
    #[command(after_help = "Example:\n  tekram keep attribute end 3")]
    End {
        /// Its number.
        id: i64,
    },
    /// Remove it with its history.
    #[command(after_help = "Example:\n  tekram keep attribute forget 3")]
    Forget {
        /// Its number.
        id: i64,
    },
}

/// Which of several, and who vouches for it.
#[derive(Debug, Args)]
pub struct AttributeKind {
    /// Which of several it is: `home`, `work`.
    #[arg(long, default_value = "")]
    pub label: String,
    /// The credential that says so word for word; without it, you say so.
    #[arg(long, value_name = "ID")]
    pub credential: Option<String>,
}

/// What `tekram keep attribute set` takes.
#[derive(Debug, Args)]
pub struct SetAttribute {
    /// `name`, `email`, `telephone`, `birthDate`, or a name of your own.
    pub property: String,
    /// What it says.
    pub value: String,
    /// Given names, for `name`.
    #[arg(long, default_value = "")]
    pub given_name: String,
    /// Family name, for `name`.
    #[arg(long, default_value = "")]
    pub family_name: String,
    #[command(flatten)]
    pub kind: AttributeKind,
}

/// What `tekram keep attribute set-address` takes.
#[derive(Debug, Args)]
pub struct SetAddress {
    /// Street and number.
    pub street: String,
    /// Postal code.
    #[arg(long, default_value = "")]
    pub postal_code: String,
    /// Town.
    #[arg(long)]
    pub town: String,
    /// Region or state.
    #[arg(long, default_value = "")]
    pub region: String,
    /// Country, ISO 3166-1 alpha-2: `AT`.
    #[arg(long)]
    pub country: String,
    #[command(flatten)]
    pub kind: AttributeKind,
}

/// `tekram keep membership …`
#[derive(Debug, Subcommand)]
pub enum MembershipCommand {
    /// The memberships.
    #[command(after_help = "Example:\n  tekram keep membership list")]
    List,
    /// Keep one.
    #[command(
        after_help = "Example:\n  tekram keep membership add Library --number 17 --barcode-format QR_CODE --barcode-text 17"
    )]
    Add(Box<AddMembership>),
    /// Remove one; its picture stays a file.
    #[command(after_help = "Example:\n  tekram keep membership remove 2")]
    Remove {
        /// Its number.
        id: i64,
    },
}

/// What `tekram keep membership add` takes.
#[derive(Debug, Args)]
pub struct AddMembership {
    /// Whose it is.
    pub organisation: String,
    /// What it is called.
    #[arg(long, default_value = "")]
    pub programme: String,
    /// Your number.
    #[arg(long, default_value = "")]
    pub number: String,
    /// Which tier.
    #[arg(long, default_value = "")]
    pub tier: String,
    /// The kind of bar code: `EAN_13`, `QR_CODE`.
    #[arg(long, default_value = "")]
    pub barcode_format: String,
    /// What the bar code says.
    #[arg(long, default_value = "")]
    pub barcode_text: String,
    /// First day: `2026-01-31`.
    #[arg(long, value_name = "DAY")]
    pub from: Option<String>,
    /// Last day.
    #[arg(long, value_name = "DAY")]
    pub until: Option<String>,
    /// A photo of the card: a file's id.
    #[arg(long, value_name = "FILE-ID")]
    pub picture: Option<String>,
}

/// `tekram keep preference …`
#[derive(Debug, Subcommand)]
pub enum PreferenceCommand {
    /// The preferences.
    #[command(after_help = "Example:\n  tekram keep preference list")]
    List,
    /// Keep one, in the place of one about the same.
    #[command(after_help = "Example:\n  tekram keep preference set diet gluten avoids")]
    Set {
        /// What it is about.
        topic: String,
        /// Which of it.
        value: String,
        /// How you stand to it.
        stance: Stance,
    },
    /// Remove one.
    #[command(after_help = "Example:\n  tekram keep preference remove 2")]
    Remove {
        /// Its number.
        id: i64,
    },
}

/// How a person stands to something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Stance {
    /// Likes it.
    Likes,
    /// Avoids it.
    Avoids,
    /// Cannot do without it.
    Needs,
}

/// `tekram keep file …`
#[derive(Debug, Subcommand)]
pub enum FileCommand {
    /// The files.
    #[command(after_help = "Example:\n  tekram keep file list")]
    List,
    /// Keep a file; the one that is named stays where it is.
    #[command(after_help = "Example:\n  tekram keep file add receipt.pdf --type application/pdf")]
    Add {
        /// The file.
        path: PathBuf,
        /// What it is called in the vault [default: the file's own name].
        #[arg(long)]
        name: Option<String>,
        /// What it is [default: by the end of its name].
        #[arg(long = "type", value_name = "MEDIA-TYPE")]
        media_type: Option<String>,
    },
    /// Write a file to a new place, readable only by you.
    #[command(after_help = "Example:\n  tekram keep file write ID receipt.pdf")]
    Write {
        /// The file's id, or its beginning.
        id: String,
        /// Where to; it must not be there yet.
        path: PathBuf,
    },
    /// Remove a file.
    #[command(after_help = "Example:\n  tekram keep file remove ID")]
    Remove {
        /// The file's id, or its beginning.
        id: String,
    },
}

/// `tekram keep pen …`
#[derive(Debug, Subcommand)]
pub enum PenCommand {
    /// What came in together, newest first.
    #[command(after_help = "Example:\n  tekram keep pen list")]
    List,
    /// The things of a batch.
    #[command(after_help = "Example:\n  tekram keep pen show 1 --limit 20")]
    Show {
        /// The batch.
        batch: i64,
        /// Begin after this number.
        #[arg(long, default_value_t = 0)]
        after: u32,
        /// At most so many.
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
    /// Take things into the vault; without numbers, all that are not there already.
    #[command(after_help = "Example:\n  tekram keep pen accept 1\n  tekram keep pen accept 1 2 3")]
    Accept {
        /// The batch.
        batch: i64,
        /// The things' numbers.
        numbers: Vec<u32>,
    },
    /// Do not take things; without numbers, all that wait.
    #[command(after_help = "Example:\n  tekram keep pen reject 1 4")]
    Reject {
        /// The batch.
        batch: i64,
        /// The things' numbers.
        numbers: Vec<u32>,
    },
    /// Take a whole batch back out of the vault; all of it waits again.
    #[command(after_help = "Example:\n  tekram keep pen undo 1")]
    Undo {
        /// The batch.
        batch: i64,
    },
    /// Remove a batch; what was accepted stays.
    #[command(after_help = "Example:\n  tekram keep pen discard 1")]
    Discard {
        /// The batch.
        batch: i64,
    },
}
