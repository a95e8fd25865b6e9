//! The work under which faults come: one for each kind of step that a vault has, and a random mixture for long lives.

use crate::deed::Deed;
use crate::dice::Dice;
use crate::model::Model;

/// A kind of work.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its name.
    pub name: &'static str,
    /// What is there before.
    pub before: Vec<Deed>,
    /// What is done under faults.
    pub deeds: Vec<Deed>,
}

fn rows(first: i64, count: i64, bytes: usize) -> Deed {
    Deed::Rows { first, count, bytes }
}

/// Each kind of step once, small enough that every call of it can be the last.
pub fn scenarios() -> Vec<Scenario> {
    let text = str::to_owned;
    vec![
        Scenario {
            name: "insert",
            before: vec![rows(1, 20, 900), Deed::Relock],
            deeds: vec![
                rows(100, 1, 60),
                rows(200, 4, 2_500),
                Deed::Erase { first: 3, count: 5 },
                rows(300, 1, 40_000),
                Deed::Blob {
                    name: text("receipt"),
                    bytes: 70_000,
                },
                Deed::Relock,
                rows(400, 1, 10),
            ],
        },
        Scenario {
            name: "inbox",
            before: vec![Deed::Seal(text("before"))],
            deeds: vec![
                Deed::Seal(text("one")),
                Deed::Seal(text("two")),
                Deed::Drain,
                Deed::Seal(text("three")),
                Deed::Relock,
                Deed::Drain,
            ],
        },
        Scenario {
            name: "migration",
            before: vec![rows(1, 5, 300)],
            deeds: vec![Deed::Migrate(1), rows(10, 1, 100), Deed::Migrate(4)],
        },
        Scenario {
            name: "rekey",
            before: vec![rows(1, 30, 1_500), Deed::AddKeyStore(text("spare"))],
            deeds: vec![Deed::NewKey(None), rows(100, 1, 100), Deed::NewKey(Some(text("spare")))],
        },
        Scenario {
            name: "header",
            before: vec![rows(1, 1, 100)],
            deeds: vec![
                Deed::AddKeyStore(text("tablet")),
                Deed::Rename(text("Heim")),
                Deed::RemoveWay(text("first")),
                Deed::NewWords,
                Deed::CheckWords,
                Deed::Relock,
            ],
        },
        Scenario {
            name: "passphrase",
            before: vec![rows(1, 1, 100)],
            deeds: vec![
                Deed::AddPassphrase(text("tulip harbour")),
                Deed::ChangePassphrase(text("tulip harbour"), text("candle seventeen")),
            ],
        },
        Scenario {
            name: "backup",
            before: vec![rows(1, 20, 900), Deed::Seal(text("undelivered"))],
            deeds: vec![
                Deed::BackUp,
                rows(100, 2, 500),
                Deed::BackUp,
                Deed::NewWords,
                Deed::CheckWords,
                Deed::BackUp,
            ],
        },
        Scenario {
            name: "restore",
            before: vec![
                rows(1, 20, 900),
                Deed::Migrate(1),
                Deed::BackUp,
                rows(100, 3, 400),
                Deed::BackUp,
                rows(200, 1, 50),
            ],
            deeds: vec![Deed::RestoreNew, Deed::DropNew],
        },
        Scenario {
            name: "restore replacing",
            before: vec![rows(1, 20, 900), Deed::BackUp, rows(100, 3, 400), Deed::Migrate(2)],
            deeds: vec![
                Deed::RestoreReplacing,
                rows(300, 1, 50),
                Deed::AddKeyStore(text("again")),
            ],
        },
        Scenario {
            name: "personas",
            before: vec![Deed::Create(text("Old"))],
            deeds: vec![Deed::Create(text("Work")), Deed::Delete(text("Old"))],
        },
    ]
}

/// Random deeds that can be done one after the other, from this state on. `tag` makes their names new.
pub fn mixture(dice: &mut Dice, start: &Model, tag: u64, length: usize) -> Vec<Deed> {
    let mut model = start.clone();
    let mut deeds = Vec::new();
    let mut counter = 0_i64;
    while deeds.len() < length {
        counter += 1;
        let name = format!("{tag}-{counter}");
        let key = i64::try_from(tag).unwrap_or_default() * 1_000_000 + counter * 100;
        let known =
            |dice: &mut Dice, names: Vec<&String>| names.get(dice.place(names.len())).map(|name| (*name).clone());
        let next = match dice.throw(100) {
            0..36 => {
                let sizes = [60, 700, 3_000, 3_000, 20_000];
                let bytes = sizes.get(dice.place(sizes.len())).copied().unwrap_or(60);
                vec![Deed::Rows {
                    first: key,
                    count: 1 + i64::try_from(dice.throw(4)).unwrap_or_default(),
                    bytes,
                }]
            }
            36..42 => match model
                .content
                .rows
                .keys()
                .nth(dice.place(model.content.rows.len().max(1)))
            {
                Some(first) => vec![Deed::Erase {
                    first: *first,
                    count: 150,
                }],
                None => continue,
            },
            42..45 => vec![Deed::Blob {
                name,
                bytes: 100 + dice.place(90_000),
            }],
            45..60 => vec![Deed::Seal(name)],
            60..67 => vec![Deed::Drain],
            67..73 => vec![Deed::Relock],
            73..75 if model.version < 40 => vec![Deed::Migrate(
                model.version + 1 + u32::try_from(dice.throw(2)).unwrap_or(0),
            )],
            75..78 if model.key_stores.len() < 6 => vec![Deed::AddKeyStore(name)],
            78..80 if model.key_stores.len() > 1 => match known(dice, model.key_stores.iter().collect()) {
                Some(name) => vec![Deed::RemoveWay(name)],
                None => continue,
            },
            80..82 => vec![Deed::NewWords, Deed::CheckWords],
            82..84 => vec![Deed::Rename(format!("Home {name}"))],
            84..87 => vec![Deed::NewKey(None)],
            87 if model.key_stores.len() > 1 => match known(dice, model.key_stores.iter().collect()) {
                Some(name) => vec![Deed::NewKey(Some(name))],
                None => continue,
            },
            88..92 => vec![Deed::BackUp],
            92 if model.backup.is_some() && model.second.is_none() => vec![Deed::RestoreNew, Deed::DropNew],
            93 if model.backup.is_some() => vec![Deed::RestoreReplacing, Deed::AddKeyStore(name)],
            94..96 if model.others.len() < 4 => vec![Deed::Create(format!("P {name}"))],
            96 if !model.others.is_empty() => match known(dice, model.others.iter().collect()) {
                Some(label) => vec![Deed::Delete(label)],
                None => continue,
            },
            // A passphrase takes its time: rarely.
            97 if dice.throw(6) == 0 && model.passphrases.is_empty() => vec![Deed::AddPassphrase(name)],
            _ => continue,
        };
        for deed in next {
            model = model.outcomes(&deed, "").pop().unwrap_or_default();
            deeds.push(deed);
        }
    }
    deeds
}
