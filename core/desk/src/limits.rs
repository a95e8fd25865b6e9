//! How much a stranger may ask of a desk: token buckets over a clock that never goes back, in bounded memory. Pure.

use std::collections::BTreeMap;

/// So many at once, and so many a minute after that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Most at once.
    pub burst: u32,
    /// How many come back in a minute; at least 1.
    pub per_minute: u32,
}

impl Allowance {
    fn cost_ms(self) -> u64 {
        60_000 / u64::from(self.per_minute.max(1))
    }

    fn full_ms(self) -> u64 {
        self.cost_ms().saturating_mul(u64::from(self.burst))
    }
}

/// One bucket. What is in it is counted in milliseconds of waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    allowance: Allowance,
    level_ms: u64,
    seen_ms: u64,
}

impl Bucket {
    /// A full bucket.
    #[must_use]
    pub fn new(allowance: Allowance, now_ms: u64) -> Self {
        Self {
            allowance,
            level_ms: allowance.full_ms(),
            seen_ms: now_ms,
        }
    }

    /// Takes one; false when there is none.
    pub fn take(&mut self, now_ms: u64) -> bool {
        self.refill(now_ms);
        match self.level_ms.checked_sub(self.allowance.cost_ms()) {
            Some(left) => {
                self.level_ms = left;
                true
            }
            None => false,
        }
    }

    fn refill(&mut self, now_ms: u64) {
        let waited = now_ms.saturating_sub(self.seen_ms);
        self.level_ms = self.level_ms.saturating_add(waited).min(self.allowance.full_ms());
        self.seen_ms = self.seen_ms.max(now_ms);
    }

    fn is_full(&mut self, now_ms: u64) -> bool {
        self.refill(now_ms);
        self.level_ms == self.allowance.full_ms()
    }
}

/// A bucket for each sender, at most so many senders. Keys cost nothing to make, so this alone holds nobody off: it
/// keeps one key from using up what is there for all.
#[derive(Debug, Clone)]
pub struct PerSender<K> {
    allowance: Allowance,
    most: usize,
    buckets: BTreeMap<K, Bucket>,
}

impl<K: Ord + Clone> PerSender<K> {
    /// Buckets for at most `most` senders.
    #[must_use]
    pub fn new(allowance: Allowance, most: usize) -> Self {
        Self {
            allowance,
            most: most.max(1),
            buckets: BTreeMap::new(),
        }
    }

    /// Takes one from the sender's bucket; false when there is none.
    pub fn take(&mut self, sender: &K, now_ms: u64) -> bool {
        if let Some(bucket) = self.buckets.get_mut(sender) {
            return bucket.take(now_ms);
        }
        if self.buckets.len() >= self.most {
            // A full bucket is the same as none.
            self.buckets.retain(|_, bucket| !bucket.is_full(now_ms));
        }
        while self.buckets.len() >= self.most {
            let longest_silent = self.buckets.iter().min_by_key(|(_, bucket)| bucket.seen_ms);
            let Some(sender) = longest_silent.map(|(sender, _)| sender.clone()) else {
                break;
            };
            self.buckets.remove(&sender);
        }
        let mut bucket = Bucket::new(self.allowance, now_ms);
        let taken = bucket.take(now_ms);
        self.buckets.insert(sender.clone(), bucket);
        taken
    }

    /// How many senders are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.buckets.len()
    }

    /// Whether nobody is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.buckets.is_empty()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, missing_docs)]
    use proptest::prelude::*;

    use super::*;

    const TWO: Allowance = Allowance {
        burst: 2,
        per_minute: 60,
    };

    #[test]
    fn a_burst_is_followed_by_the_steady_rate() {
        let mut bucket = Bucket::new(TWO, 0);
        assert!(bucket.take(0) && bucket.take(0));
        assert!(!bucket.take(999));
        assert!(bucket.take(1000));
        assert!(!bucket.take(1000));
    }

    #[test]
    fn one_sender_does_not_use_up_anothers() {
        let mut senders = PerSender::new(TWO, 10);
        assert!(senders.take(&"a", 0) && senders.take(&"a", 0) && !senders.take(&"a", 0));
        assert!(senders.take(&"b", 0));
    }

    #[test]
    fn a_flood_of_new_keys_is_remembered_within_bounds() {
        let mut senders = PerSender::new(TWO, 100);
        for key in 0..10_000_u64 {
            assert!(senders.take(&key, key / 100));
        }
        assert!(senders.len() <= 100);
    }

    proptest! {
        #[test]
        fn nobody_gets_more_than_the_burst_and_the_rate(steps in proptest::collection::vec(0_u64..5_000, 1..200)) {
            let mut bucket = Bucket::new(TWO, 0);
            let (mut now_ms, mut taken) = (0, 0);
            for step in steps {
                now_ms += step;
                taken += u64::from(bucket.take(now_ms));
                prop_assert!(taken <= 2 + now_ms / 1000);
            }
        }
    }
}
