//! The words of `tekram keep credential …`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `tekram keep credential …`
#[derive(Debug, Subcommand)]
pub enum CredentialCommand {
    /// The credentials.
    #[command(after_help = "Example:\n  tekram keep credential list")]
    List,
    /// What one says, and which of it can be left out.
    #[command(after_help = "Example:\n  tekram keep credential look ID")]
    Look {
        /// Its id, or the beginning of it.
        id: String,
    },
    /// The key that a credential is to be bound to, for its issuer; each relation has its own.
    #[command(after_help = "Example:\n  tekram keep credential key library")]
    Key {
        /// The relation's id, or a name for somebody not met before.
        relation: String,
    },
    /// Take a credential as its issuer gave it, check it, and put it where it waits to be looked at.
    #[command(after_help = "Example:\n  tekram keep credential receive member.sd-jwt\n  tekram keep pen show 1")]
    Receive {
        /// The file with it, or `-` for the standard input.
        file: PathBuf,
    },
    /// Ask whether it was taken back.
    #[command(after_help = "Example:\n  tekram keep credential check ID")]
    Check {
        /// Its id, or the beginning of it.
        id: String,
    },
    /// What a verifier would see; nothing is made or written.
    #[command(after_help = "Example:\n  tekram keep credential preview ID /email")]
    Preview {
        /// Its id, or the beginning of it.
        id: String,
        /// The claims that would be shown.
        paths: Vec<String>,
    },
    /// Make what one verifier gets; the audit says so.
    #[command(
        after_help = "Example:\n  tekram keep credential show ID --to did:key:… --nonce n-1 --audience https://shop.example /email"
    )]
    Show(ShowCredential),
    /// Remove one; what it vouched for stands no more.
    #[command(after_help = "Example:\n  tekram keep credential remove ID")]
    Remove {
        /// Its id, or the beginning of it.
        id: String,
    },
}

/// What `tekram keep credential show` takes.
#[derive(Debug, Args)]
pub struct ShowCredential {
    /// Its id, or the beginning of it.
    pub id: String,
    /// The claims to show, by the paths that `tekram keep credential look` names; without any, only what is always seen.
    pub paths: Vec<String>,
    /// Who gets it: the relation's id.
    #[arg(long, value_name = "PARTY")]
    pub to: String,
    /// The verifier's question: a random text of its own.
    #[arg(long)]
    pub nonce: String,
    /// What the verifier calls itself.
    #[arg(long)]
    pub audience: String,
    /// Write it to this new file instead of printing it.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}
