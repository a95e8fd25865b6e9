// A screen reads again after each change, and a slow read can be overtaken by a later one. Its answer would show what is
// no longer so.

/// Of two reads that run at once, the one that was begun later counts.
struct Newest {
    private var begun = 0
    private var taken = 0

    /// The number of a read that begins.
    mutating func begin() -> Int {
        begun += 1
        return begun
    }

    /// Whether the answer of this read counts: not when that of a later one is there already.
    mutating func takes(_ read: Int) -> Bool {
        guard read >= taken else { return false }
        taken = read
        return true
    }
}
