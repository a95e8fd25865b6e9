//! Everything random in a run follows from its seed.

/// SplitMix64 (Steele, Lea, Flood 2014): the same seed gives the same throws.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice of this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `sides`.
    pub fn throw(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides.max(1)
    }

    /// The same for a place in a list.
    pub fn place(&mut self, of: usize) -> usize {
        usize::try_from(self.throw(of as u64)).unwrap_or_default()
    }

    /// Dice of their own for one part of a run, so that what another part throws does not matter.
    pub fn apart(&mut self) -> Self {
        Self(self.throw(u64::MAX))
    }

    /// Another order.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for end in (1..list.len()).rev() {
            list.swap(end, self.place(end + 1));
        }
    }
}
