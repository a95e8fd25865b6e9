//! From works to what they belong to: the sums of a pass over plays, told by creator, show or publisher.

use std::collections::{HashMap, HashSet};

use rusqlite::Connection;

use super::What;
use super::entity::Belongs;
use crate::ListenError;
use crate::log::scan::Sum;

/// Works whose belonging is remembered; when there are more, remembering starts anew.
const REMEMBERED: usize = 1 << 16;

/// What works belong to, as far as it was asked.
#[derive(Debug, Default)]
pub(crate) struct Belonging {
    by_work: HashMap<i64, Belongs>,
}

impl Belonging {
    /// Looks the works up, in order of the table, so that neighbours are found in the same page.
    pub(crate) fn learn(
        &mut self,
        connection: &Connection,
        works: impl Iterator<Item = i64>,
    ) -> Result<(), ListenError> {
        if self.by_work.len() > REMEMBERED {
            self.by_work.clear();
        }
        let mut unknown: Vec<i64> = works.filter(|work| !self.by_work.contains_key(work)).collect();
        unknown.sort_unstable();
        for work in unknown {
            // What was heard this very moment belongs to nothing yet.
            let belongs = Belongs::read(connection, work)?.unwrap_or_default();
            self.by_work.insert(work, belongs);
        }
        Ok(())
    }

    fn of(&self, work: i64, what: What) -> &[i64] {
        self.by_work.get(&work).map_or(&[], |belongs| belongs.of(what))
    }

    /// How many different ones the works belong to.
    pub(crate) fn count(&self, works: &HashSet<i64>, what: What) -> u64 {
        let all: HashSet<i64> = works.iter().flat_map(|work| self.of(*work, what)).copied().collect();
        all.len() as u64
    }

    /// The works' sums, told by what they belong to.
    pub(crate) fn sums(&self, by_work: &HashMap<i64, Sum>, what: What) -> HashMap<i64, Sum> {
        let mut sums: HashMap<i64, Sum> = HashMap::new();
        for (work, sum) in by_work {
            for id in self.of(*work, what) {
                sums.entry(*id).or_default().add_sum(*sum);
            }
        }
        sums
    }
}

/// Names of an entity: its own and its maker's.
pub(crate) fn names(connection: &Connection, id: i64) -> Result<(String, String), ListenError> {
    Ok(connection
        .prepare_cached("SELECT name, maker FROM listen_entity WHERE entity_id = ?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// Which source each way belongs to.
pub(crate) fn sources(connection: &Connection) -> Result<HashMap<i64, String>, ListenError> {
    Ok(connection
        .prepare_cached("SELECT via_id, source FROM listen_via")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?)
}
