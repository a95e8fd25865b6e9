//! Who plays: four makers that are paid and three stores that answer a request. Each is a desk with one configuration
//! file, as anybody would write it.

use std::fmt::Write as _;

use crate::place::Ports;

/// A desk of the story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Desk {
    /// Folder and log name.
    pub id: &'static str,
    /// Name on its card.
    pub name: &'static str,
    /// What it does.
    pub role: Role,
}

/// What a desk is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Makes podcasts, or a part of them, and takes e-cash for it.
    Maker {
        /// The letter that stands for it in the templates of `fixtures/feeds`.
        letter: char,
    },
    /// Sells what is in a catalogue, in some geohash cells.
    Store {
        /// File in `fixtures/desks`.
        catalogue: &'static str,
        /// Cells it serves.
        cells: &'static [&'static str],
    },
}

/// Where the person of the story stands: Alexanderplatz in Berlin, well inside the geohash cell u33d.
pub const HERE: &str = "52.5219,13.4132";

/// Everybody.
pub const DESKS: [Desk; 7] = [
    Desk {
        id: "harbour-lights",
        name: "Harbour Lights",
        role: Role::Maker { letter: 'A' },
    },
    Desk {
        id: "nils-ferro",
        name: "Nils Ferro, sound",
        role: Role::Maker { letter: 'B' },
    },
    Desk {
        id: "signal-and-noise",
        name: "Signal & Noise",
        role: Role::Maker { letter: 'C' },
    },
    Desk {
        id: "podcast-host",
        name: "Podcast host",
        role: Role::Maker { letter: 'D' },
    },
    Desk {
        id: "klangwerk",
        name: "Klangwerk Hi-Fi",
        role: Role::Store {
            catalogue: "klangwerk.csv",
            cells: &["u33d"],
        },
    },
    Desk {
        id: "ohrwurm",
        name: "Ohrwurm Audio",
        role: Role::Store {
            catalogue: "ohrwurm.json",
            cells: &["u33d", "u336"],
        },
    },
    Desk {
        id: "stadtkaufhaus",
        name: "Stadtkaufhaus",
        role: Role::Store {
            catalogue: "stadtkaufhaus.csv",
            cells: &["u33d"],
        },
    },
];

impl Desk {
    /// Its configuration file (TOML), reaching only the counterparts of this run.
    pub fn configuration(&self, ports: Ports) -> String {
        let Ports { mint, relay, .. } = ports;
        let mut text = format!(
            "name = {:?}\nkeys = \"keys\"\nrelays = [\"ws://127.0.0.1:{relay}\"]\n",
            self.name
        );
        let _ = writeln!(text, "allow = [\"127.0.0.1:{relay}\", \"127.0.0.1:{mint}\"]");
        match self.role {
            Role::Maker { .. } => {
                let _ = write!(
                    text,
                    "\n[cashu]\nmints = [\"http://127.0.0.1:{mint}\"]\nunits = [\"eur\"]\n"
                );
            }
            Role::Store { catalogue, cells } => {
                let _ = writeln!(
                    text,
                    "cells = {cells:?}\ncatalogue = \"{catalogue}\"\nterms = [\"PDC-INTENT\"]"
                );
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]
    use super::*;
    use crate::place::fixture;

    #[test]
    fn every_store_has_its_catalogue() {
        for desk in DESKS {
            if let Role::Store { catalogue, .. } = desk.role {
                assert!(fixture("desks").join(catalogue).is_file(), "{catalogue}");
            }
        }
    }

    #[test]
    fn a_configuration_names_only_local_servers() {
        let text = DESKS[0].configuration(Ports {
            mint: 1,
            relay: 2,
            feeds: 3,
        });
        assert!(
            text.contains("ws://127.0.0.1:2") && text.contains("http://127.0.0.1:1"),
            "{text}"
        );
    }
}
