//! Which of the tellings around one moment are one play, as a pure function of them: the order in which they came makes
//! no difference. Teller by teller they are laid beside what is there, in order of time, so that as many as possible find
//! a counterpart, and then with the least difference. So a song in a row stays as many plays as whoever tells most.

use super::near::Told;

/// Those of one play; whoever leads is first.
pub(crate) fn plays(told: &[Told]) -> Vec<Vec<&Told>> {
    let mut by_teller: Vec<Vec<&Told>> = Vec::new();
    let mut tellers: Vec<usize> = told.iter().map(|told| told.teller).collect();
    tellers.sort_unstable();
    tellers.dedup();
    for teller in tellers {
        let mut of_teller: Vec<&Told> = told.iter().filter(|told| told.teller == teller).collect();
        of_teller.sort_by_key(|told| (told.start_ms, told.fingerprint));
        by_teller.push(of_teller);
    }
    // Who knows most goes first; where they know the same, the order of tellers stays.
    by_teller.sort_by_key(|of_teller| of_teller.iter().map(|told| told.ignorance()).min());
    let mut plays: Vec<Vec<&Told>> = Vec::new();
    for of_teller in by_teller {
        let partners = align(&plays, &of_teller);
        for (told, partner) in of_teller.into_iter().zip(partners) {
            match partner.and_then(|place| plays.get_mut(place)) {
                Some(play) => play.push(told),
                None => plays.push(vec![told]),
            }
        }
        for play in &mut plays {
            play.sort_by_key(|told| (!told.is_hidden, told.ignorance(), told.teller, told.fingerprint));
        }
        plays.sort_by_key(|play| play.first().map(|lead| (lead.start_ms, lead.fingerprint)));
    }
    plays
}

/// How well a way of laying them side by side does: counterparts found, then little difference.
type Score = (usize, std::cmp::Reverse<i64>);

/// For each telling the place of the play that it belongs to. Both sides are in order of time, and no two pairs cross.
fn align(plays: &[Vec<&Told>], told: &[&Told]) -> Vec<Option<usize>> {
    const NOTHING: Score = (0, std::cmp::Reverse(0));
    let distance = |play: &[&Told], told: &Told| play.iter().filter_map(|one| one.distance_ms(told)).min();
    // best[i][j]: of the plays from i on and the tellings from j on.
    let mut best = vec![vec![NOTHING; told.len() + 1]; plays.len() + 1];
    let at =
        |best: &[Vec<Score>], i: usize, j: usize| best.get(i).and_then(|row| row.get(j)).copied().unwrap_or(NOTHING);
    let together = |best: &[Vec<Score>], i: usize, j: usize| -> Option<Score> {
        let difference = distance(plays.get(i)?, told.get(j)?)?;
        let (count, std::cmp::Reverse(sum)) = at(best, i + 1, j + 1);
        Some((count + 1, std::cmp::Reverse(sum.saturating_add(difference))))
    };
    for i in (0..plays.len()).rev() {
        for j in (0..told.len()).rev() {
            let apart = at(&best, i + 1, j).max(at(&best, i, j + 1));
            let score = together(&best, i, j).map_or(apart, |score| score.max(apart));
            if let Some(here) = best.get_mut(i).and_then(|row| row.get_mut(j)) {
                *here = score;
            }
        }
    }
    let mut partners = vec![None; told.len()];
    let (mut i, mut j) = (0, 0);
    while i < plays.len() && j < told.len() {
        let here = at(&best, i, j);
        if together(&best, i, j) == Some(here) {
            if let Some(partner) = partners.get_mut(j) {
                *partner = Some(i);
            }
            (i, j) = (i + 1, j + 1);
        } else if at(&best, i + 1, j) == here {
            i += 1;
        } else {
            j += 1;
        }
    }
    partners
}

#[cfg(test)]
#[path = "align_tests.rs"]
mod tests;
