// Of the reads of one screen the newest counts, whichever answers first.
import Testing

@testable import TekramKit

@Suite struct NewestTests {
    @Test func anAnswerThatComesAfterANewerOneIsDropped() {
        var newest = Newest()
        let (old, new) = (newest.begin(), newest.begin())
        let next = newest.begin()
        let taken = [newest.takes(new), newest.takes(old), newest.takes(next)]
        #expect(taken == [true, false, true])
    }

    @Test func answersInTheOrderOfTheirReadsAllCount() {
        var newest = Newest()
        let (first, second) = (newest.begin(), newest.begin())
        let taken = [newest.takes(first), newest.takes(second), newest.takes(second)]
        #expect(taken == [true, true, true])
    }
}
