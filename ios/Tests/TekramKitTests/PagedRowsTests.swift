// A window on a long list: in order, bounded, both ways, and never with an answer that was overtaken.
import Foundation
import Testing

@testable import TekramKit

@MainActor
@Suite struct PagedRowsTests {
    /// The numbers below `count`, with the next number as the cursor.
    private func numbers(_ count: Int, pageSize: UInt32 = 10, mostPages: Int = 3) -> PagedRows<Int> {
        PagedRows(pageSize: pageSize, mostPages: mostPages) { after, limit in
            let first = after.flatMap { Int($0) } ?? 0
            let end = min(first + Int(limit), count)
            return RowPage(rows: Array(first..<end), next: end < count ? String(end) : nil)
        }
    }

    @Test func anEmptyListIsEmpty() async {
        let list = numbers(0)
        #expect(list.phase == .loading)
        await list.reload()
        #expect(list.phase == .empty)
        #expect(!list.hasMore)
    }

    @Test func theWholeListIsSeenInOrderWithinBounds() async {
        let list = numbers(1_000)
        await list.reload()
        var seen = list.rows
        while list.hasMore {
            await list.more()
            #expect(list.rows.count <= 30)
            seen += list.rows.suffix(10)
        }
        #expect(seen == Array(0..<1_000))
    }

    @Test func whatWasLetGoComesBackOnTheWayUp() async {
        let list = numbers(100)
        await list.reload()
        while list.hasMore { await list.more() }
        #expect(list.rows == Array(70..<100))
        while list.hasEarlier { await list.earlier() }
        #expect(list.rows == Array(0..<30))
        #expect(list.hasMore)
    }

    @Test func anOvertakenAnswerIsDropped() async {
        let gate = Gate()
        let list = PagedRows<Int>(pageSize: 1) { _, _ in RowPage(rows: [await gate.number()], next: nil) }
        let first = Task { await list.reload() }
        while await gate.asked == 0 { await Task.yield() }
        let second = Task { await list.reload() }
        while await gate.asked < 2 { await Task.yield() }
        await gate.open()
        await first.value
        await second.value
        #expect(list.rows == [2])
        #expect(!list.isReading)
    }

    @Test func aFailureIsAStateAndReloadingMendsIt() async {
        let gate = Gate()
        let list = PagedRows<Int>(pageSize: 1) { _, _ in
            if await gate.first() { throw Problem(code: 3_001, name: "damaged") }
            return RowPage(rows: [1], next: nil)
        }
        await list.reload()
        #expect(list.phase == .failed(Problem(code: 3_001, name: "damaged")))
        await list.reload()
        #expect(list.phase == .ready)
    }
}

private actor Gate {
    private(set) var asked = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var isOpen = false

    /// Numbers the calls from 1; each answers when the gate opens.
    func number() async -> Int {
        asked += 1
        let mine = asked
        if !isOpen { await withCheckedContinuation { waiting.append($0) } }
        return mine
    }

    func open() {
        isOpen = true
        waiting.forEach { $0.resume() }
    }

    func first() -> Bool {
        asked += 1
        return asked == 1
    }
}
