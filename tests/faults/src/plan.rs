//! What is done to a worker's calls to the system, as one word that goes over its command line.

use std::fmt;
use std::str::FromStr;

/// When, in the call that is chosen, the process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// The call was not made.
    Before,
    /// The call was made, and nobody heard of it.
    After,
    /// So many thousandths of what was to be written are written, at least a byte and never all.
    Half {
        /// Of a thousand.
        permille: u16,
    },
}

/// What goes wrong with calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The disk is full: nothing can be written, made or renamed, or only a part.
    NoSpace,
    /// What changes a file or a name fails (EIO), but for syncing.
    WriteError,
    /// Syncing fails (EIO).
    SyncError,
    /// Reading fails (EIO).
    ReadError,
    /// A read gives half of what was asked for, which the system may do at any time.
    ShortRead,
    /// A write takes half of what it was given, which the system may do at any time.
    ShortWrite,
}

impl Fault {
    /// Each of them.
    pub const ALL: [Self; 6] = [
        Self::NoSpace,
        Self::WriteError,
        Self::SyncError,
        Self::ReadError,
        Self::ShortRead,
        Self::ShortWrite,
    ];

    /// Whether calls of this kind can fail so: `w`rite, cu`t`, `c`reate, `m`ake a folder, `r`ename, `u`nlink, `s`ync, `p`ick up
    /// (read).
    pub fn concerns(self, kind: char) -> bool {
        match self {
            Self::NoSpace => "wtcmr".contains(kind),
            Self::WriteError => "wtcmru".contains(kind),
            Self::SyncError => kind == 's',
            Self::ReadError | Self::ShortRead => kind == 'p',
            Self::ShortWrite => kind == 'w',
        }
    }

    /// Whether whoever keeps the system's rules notices nothing.
    pub fn is_none(self) -> bool {
        matches!(self, Self::ShortRead | Self::ShortWrite)
    }
}

/// What happens to a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Nothing; the calls are counted.
    Count,
    /// The call with this number, counted from 1, is the last.
    Kill {
        /// Which call.
        at: u64,
        /// When in it.
        moment: Moment,
    },
    /// The calls from `first` up to `until`, of those that the fault concerns, fail.
    Fail {
        /// How.
        fault: Fault,
        /// The first that fails, counted from 1.
        first: u64,
        /// The first that does not any more.
        until: u64,
    },
    /// Everything that is written is noted down.
    Record,
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count => write!(f, "count"),
            Self::Record => write!(f, "record"),
            Self::Kill { at, moment } => match moment {
                Moment::Before => write!(f, "kill:{at}:before:0"),
                Moment::After => write!(f, "kill:{at}:after:0"),
                Moment::Half { permille } => write!(f, "kill:{at}:half:{permille}"),
            },
            Self::Fail { fault, first, until } => write!(f, "fail:{fault:?}:{first}:{until}"),
        }
    }
}

impl FromStr for Plan {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("no plan: {text}");
        let number = |part: &str| part.parse::<u64>().map_err(|_| bad());
        match text.split(':').collect::<Vec<_>>().as_slice() {
            ["count"] => Ok(Self::Count),
            ["record"] => Ok(Self::Record),
            ["kill", at, moment, permille] => Ok(Self::Kill {
                at: number(at)?,
                moment: match *moment {
                    "before" => Moment::Before,
                    "after" => Moment::After,
                    "half" => Moment::Half {
                        permille: permille.parse().map_err(|_| bad())?,
                    },
                    _ => return Err(bad()),
                },
            }),
            ["fail", fault, first, until] => {
                let named = |known: &Fault| format!("{known:?}") == *fault;
                Ok(Self::Fail {
                    fault: Fault::ALL.into_iter().find(named).ok_or_else(bad)?,
                    first: number(first)?,
                    until: number(until)?,
                })
            }
            _ => Err(bad()),
        }
    }
}
