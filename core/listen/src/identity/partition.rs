//! Which descriptions are one work, as a pure function of their keys: no order, no numbers, nothing that came before.
//!
//! 1. Who shares a strong key is one, over however many others.
//! 2. Who shares a text is one too, unless that would put two different recordings or episodes together: then those that
//!    have such names stay apart, and the rest is one by text as if they were not there.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::keys::{Key, Role};

/// Descriptions of one work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    /// Their places in what was given, ascending.
    pub(crate) members: Vec<usize>,
    /// Whether they have a name that tells them from works of the same text.
    pub(crate) is_named: bool,
}

/// Puts descriptions, each with its keys, into groups.
pub(crate) fn groups(descriptions: &[Vec<Key>]) -> Vec<Group> {
    let mut strong = Sets::new(descriptions.len());
    strong.join(descriptions, Role::is_strong, |_| true);
    let named = Names::read(descriptions, &mut strong);
    let mut by_text = strong.clone();
    by_text.join(descriptions, |role| role == Role::Text, |_| true);
    let mut clusters: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for place in 0..descriptions.len() {
        let (cluster, component) = (by_text.find(place), strong.find(place));
        clusters.entry(cluster).or_default().insert(component);
    }
    // In a cluster with a conflict, what has no name is joined by text alone.
    let torn: BTreeSet<usize> = clusters
        .into_iter()
        .filter(|(_, components)| named.conflict(components))
        .map(|(cluster, _)| cluster)
        .collect();
    let mut joined = strong.clone();
    let may_join: Vec<bool> = (0..descriptions.len())
        .map(|place| !torn.contains(&by_text.find(place)) || !named.has(strong.find(place)))
        .collect();
    joined.join(
        descriptions,
        |role| role == Role::Text,
        |place| may_join.get(place).copied().unwrap_or(false),
    );
    let mut groups: BTreeMap<usize, Group> = BTreeMap::new();
    for place in 0..descriptions.len() {
        let is_named = named.has(strong.find(place));
        let group = groups.entry(joined.find(place)).or_insert_with(|| Group {
            members: Vec::new(),
            is_named: false,
        });
        group.members.push(place);
        group.is_named |= is_named;
    }
    groups.into_values().collect()
}

/// The names of each set that tell it from others.
struct Names(HashMap<usize, BTreeMap<Role, BTreeSet<i64>>>);

impl Names {
    fn read(descriptions: &[Vec<Key>], sets: &mut Sets) -> Self {
        let mut names: HashMap<usize, BTreeMap<Role, BTreeSet<i64>>> = HashMap::new();
        for (place, keys) in descriptions.iter().enumerate() {
            for key in keys.iter().filter(|key| key.role.tells_apart()) {
                let of_set = names.entry(sets.find(place)).or_default();
                of_set.entry(key.role).or_default().insert(key.hash);
            }
        }
        Self(names)
    }

    fn has(&self, set: usize) -> bool {
        self.0.contains_key(&set)
    }

    /// Whether these sets cannot be one: of one role, they have no name in common.
    fn conflict(&self, sets: &BTreeSet<usize>) -> bool {
        [Role::Isrc, Role::Recording, Role::Guid].into_iter().any(|role| {
            let mut all = sets.iter().filter_map(|set| self.0.get(set)?.get(&role));
            let Some(first) = all.next() else { return false };
            let common = all.fold(first.clone(), |common, names| &common & names);
            common.is_empty()
        })
    }
}

/// Disjoint sets of places.
#[derive(Clone)]
struct Sets(Vec<usize>);

impl Sets {
    fn new(count: usize) -> Self {
        Self((0..count).collect())
    }

    fn find(&mut self, place: usize) -> usize {
        let mut at = place;
        while let Some(up) = self.0.get(at).copied().filter(|up| *up != at) {
            let further = self.0.get(up).copied().unwrap_or(up);
            if let Some(here) = self.0.get_mut(at) {
                *here = further;
            }
            at = further;
        }
        at
    }

    /// Joins the places that share a key of such a role.
    fn join(&mut self, descriptions: &[Vec<Key>], role: impl Fn(Role) -> bool, may_join: impl Fn(usize) -> bool) {
        let mut first: HashMap<i64, usize> = HashMap::new();
        for (place, keys) in descriptions.iter().enumerate().filter(|(place, _)| may_join(*place)) {
            for key in keys.iter().filter(|key| role(key.role)) {
                let known = *first.entry(key.hash).or_insert(place);
                let (one, other) = (self.find(known), self.find(place));
                // The smaller one leads, so that the result does not depend on the order of joining.
                if let Some(here) = self.0.get_mut(one.max(other)) {
                    *here = one.min(other);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
    use proptest::prelude::*;

    use super::*;

    fn key(role: Role, hash: i64) -> Key {
        Key { role, hash }
    }

    fn parts(descriptions: &[Vec<Key>]) -> Vec<Vec<usize>> {
        groups(descriptions).into_iter().map(|group| group.members).collect()
    }

    const SONG: Key = Key {
        role: Role::Text,
        hash: 1,
    };

    #[test]
    fn a_strong_key_joins_whatever_the_text_is() {
        let one = vec![key(Role::Isrc, 10), SONG];
        let other = vec![key(Role::Isrc, 10), key(Role::Text, 2)];
        assert_eq!(parts(&[one, other]), [[0, 1]]);
    }

    #[test]
    fn a_text_joins_what_has_no_other_name() {
        let spotify = vec![key(Role::Joins, 20), SONG];
        let other_release = vec![key(Role::Joins, 21), SONG];
        let brainz = vec![key(Role::Recording, 30), SONG];
        assert_eq!(parts(&[spotify, vec![SONG], brainz, other_release]), [[0, 1, 2, 3]]);
    }

    #[test]
    fn two_recordings_of_one_text_stay_two_and_nobody_guesses_which_one_is_meant() {
        let studio = vec![key(Role::Recording, 30), SONG];
        let live = vec![key(Role::Recording, 31), SONG];
        assert_eq!(
            parts(&[studio, live, vec![SONG], vec![SONG]]),
            [vec![0], vec![1], vec![2, 3]]
        );
    }

    #[test]
    fn two_recordings_with_one_strong_key_in_common_are_one() {
        let one = vec![key(Role::Isrc, 10), key(Role::Recording, 30), SONG];
        let other = vec![key(Role::Isrc, 10), key(Role::Recording, 31), SONG];
        assert_eq!(parts(&[one, other, vec![SONG]]), [[0, 1, 2]]);
    }

    #[test]
    fn an_episode_that_moved_to_another_feed_is_one_by_its_text() {
        let before = vec![key(Role::Guid, 5), key(Role::Joins, 50), SONG];
        let after = vec![key(Role::Guid, 5), key(Role::Joins, 51), SONG];
        let another = vec![key(Role::Guid, 6), key(Role::Joins, 52), SONG];
        assert_eq!(parts(&[before.clone(), after.clone()]), [[0, 1]]);
        assert_eq!(parts(&[before, after, another]), [[0], [1], [2]]);
    }

    fn a_key() -> impl Strategy<Value = Key> {
        let role = prop::sample::select(vec![Role::Text, Role::Joins, Role::Isrc, Role::Recording, Role::Guid]);
        // No two roles have a key in common.
        (role, 0_i64..4).prop_map(|(role, hash)| key(role, role.number() * 10 + hash))
    }

    /// Straight from the rules, by trying until nothing changes.
    fn slow(descriptions: &[Vec<Key>]) -> BTreeSet<BTreeSet<usize>> {
        type Parts = BTreeSet<BTreeSet<usize>>;
        let join = |mut parts: Parts, tie: &dyn Fn(usize, usize) -> bool| -> Parts {
            'again: loop {
                for one in &parts {
                    for other in &parts {
                        if one < other && one.iter().any(|a| other.iter().any(|b| tie(*a, *b))) {
                            let both = one | other;
                            let (one, other) = (one.clone(), other.clone());
                            parts.remove(&one);
                            parts.remove(&other);
                            parts.insert(both);
                            continue 'again;
                        }
                    }
                }
                return parts;
            }
        };
        let shares = |a: usize, b: usize, wanted: &dyn Fn(Role) -> bool| {
            descriptions[a]
                .iter()
                .any(|key| wanted(key.role) && descriptions[b].contains(key))
        };
        let single: Parts = (0..descriptions.len()).map(|place| BTreeSet::from([place])).collect();
        let strong = join(single, &|a, b| shares(a, b, &Role::is_strong));
        let component = |place: usize| strong.iter().find(|part| part.contains(&place)).unwrap().clone();
        let names = |part: &BTreeSet<usize>, role: Role| -> BTreeSet<i64> {
            let keys = part.iter().flat_map(|place| &descriptions[*place]);
            keys.filter(|key| key.role == role).map(|key| key.hash).collect()
        };
        let apart = [Role::Isrc, Role::Recording, Role::Guid];
        let is_named = |place: usize| apart.iter().any(|role| !names(&component(place), *role).is_empty());
        let clusters = join(strong.clone(), &|a, b| shares(a, b, &|role| role == Role::Text));
        let mut torn = BTreeSet::new();
        for cluster in clusters {
            for role in apart {
                let all: Vec<BTreeSet<i64>> = cluster
                    .iter()
                    .map(|place| names(&component(*place), role))
                    .filter(|names| !names.is_empty())
                    .collect();
                let common = all
                    .first()
                    .is_none_or(|first| first.iter().any(|name| all.iter().all(|names| names.contains(name))));
                if !common {
                    torn.extend(cluster.iter().copied());
                }
            }
        }
        let may = |place: usize| !torn.contains(&place) || !is_named(place);
        join(strong.clone(), &|a, b| {
            may(a) && may(b) && shares(a, b, &|role| role == Role::Text)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2048))]

        /// The rules, and nothing but the rules; in whatever order the descriptions come.
        #[test]
        fn the_order_makes_no_difference(
            (plain, shuffled) in prop::collection::vec(prop::collection::vec(a_key(), 0..4), 0..8)
                .prop_flat_map(|all| {
                    let places: Vec<usize> = (0..all.len()).collect();
                    (Just(all), Just(places).prop_shuffle())
                }),
        ) {
            let sets = |parts: Vec<Vec<usize>>| -> BTreeSet<BTreeSet<usize>> {
                parts.into_iter().map(|part| part.into_iter().collect()).collect()
            };
            let found = sets(parts(&plain));
            prop_assert_eq!(&found, &slow(&plain));
            let other: Vec<Vec<Key>> = shuffled.iter().map(|place| plain[*place].clone()).collect();
            let back = parts(&other).into_iter().map(|part| part.into_iter().map(|at| shuffled[at]).collect()).collect();
            prop_assert_eq!(found, sets(back));
        }
    }
}
