//! The words of `tekram keep purchase …`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// `tekram keep purchase …`
#[derive(Debug, Subcommand)]
pub enum PurchaseCommand {
    /// The purchases, newest first, at most 500.
    #[command(after_help = "Example:\n  tekram keep purchase list --text tea --from 2026-01-01")]
    List {
        /// Only those with this in seller, order number or things.
        #[arg(long, default_value = "")]
        text: String,
        /// From this day on: `2026-01-31` (UTC).
        #[arg(long, value_name = "DAY")]
        from: Option<String>,
        /// Before this day.
        #[arg(long, value_name = "DAY")]
        until: Option<String>,
    },
    /// Keep one.
    #[command(
        after_help = "Example:\n  tekram keep purchase add \"Tea House\" \"7.00 EUR\" --item \"2 Tea\" --item Cup --day 2026-02-28"
    )]
    Add(AddPurchase),
    /// Read a table of purchases into the pen; say what stands where.
    #[command(
        after_help = "Example:\n  tekram keep purchase import-csv bank.csv --seller Empfänger --date Datum --date-form day-first --total Betrag --decimal , --delimiter \";\" --currency =EUR"
    )]
    ImportCsv(CsvColumns),
    /// Read schema.org `Order`s into the pen: one, an array, a `@graph`, or one on each line.
    #[command(after_help = "Example:\n  tekram keep purchase import-json orders.json")]
    ImportJson {
        /// The file.
        file: PathBuf,
    },
    /// Put a file beside one as its receipt, or none.
    #[command(
        after_help = "Example:\n  tekram keep purchase receipt 4 FILE-ID\n  tekram keep purchase receipt 4 --none"
    )]
    Receipt {
        /// Its number.
        id: i64,
        /// The file's id.
        #[arg(required_unless_present = "none", conflicts_with = "none")]
        file: Option<String>,
        /// No receipt.
        #[arg(long)]
        none: bool,
    },
    /// Remove one; its receipt stays a file.
    #[command(after_help = "Example:\n  tekram keep purchase remove 4")]
    Remove {
        /// Its number.
        id: i64,
    },
}

/// What `tekram keep purchase add` takes.
#[derive(Debug, Args)]
pub struct AddPurchase {
    /// Who sold it.
    pub seller: String,
    /// What was paid in all: `7.00 EUR`.
    pub total: String,
    /// What was bought, with the number before it when there are several; may be repeated.
    #[arg(long)]
    pub item: Vec<String>,
    /// The seller's number for it.
    #[arg(long, default_value = "")]
    pub number: String,
    /// When: `2026-01-31` [default: now].
    #[arg(long)]
    pub day: Option<String>,
    /// The receipt: a file's id.
    #[arg(long, value_name = "FILE-ID")]
    pub receipt: Option<String>,
}

/// What a table looks like. Where a value stands is a heading, or `=VALUE` when it is the same for all lines.
#[derive(Debug, Args)]
pub struct CsvColumns {
    /// The table.
    pub file: PathBuf,
    /// Between two values; `tab` for a tab.
    #[arg(long, default_value = ",")]
    pub delimiter: String,
    /// Before the decimals: `.` or `,`.
    #[arg(long, default_value = ".")]
    pub decimal: char,
    /// Who sold it.
    #[arg(long, value_name = "HEADING")]
    pub seller: String,
    /// When.
    #[arg(long, value_name = "HEADING")]
    pub date: String,
    /// How the date is written.
    #[arg(long, value_enum, default_value = "iso")]
    pub date_form: DateForm,
    /// The price of the line; lines of one order are added up.
    #[arg(long, value_name = "HEADING")]
    pub total: String,
    /// ISO 4217 code: mostly `=EUR`.
    #[arg(long, value_name = "HEADING")]
    pub currency: String,
    /// The order's number; lines that share it are one purchase.
    #[arg(long, value_name = "HEADING")]
    pub order_number: Option<String>,
    /// What was bought.
    #[arg(long, value_name = "HEADING")]
    pub item: Option<String>,
    /// How many.
    #[arg(long, value_name = "HEADING")]
    pub quantity: Option<String>,
    /// What was paid stands as a negative amount, as in a bank's table; positive ones are passed over.
    #[arg(long)]
    pub paid_is_negative: bool,
}

/// How a day is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DateForm {
    /// `2026-02-28`, or with a time.
    Iso,
    /// `28.02.2026` or `28/02/2026`.
    DayFirst,
    /// `02/28/2026`.
    MonthFirst,
}
