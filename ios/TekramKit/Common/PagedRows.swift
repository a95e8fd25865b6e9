// A list that the core gives page by page, of which only a window is held: a history of a million entries scrolls in
// constant memory. Pages are read off the main thread; an answer that was overtaken by a reload is dropped.
import Observation

/// One page of the core.
public struct RowPage<Row: Sendable>: Sendable {
    /// The rows, in the core's order.
    public let rows: [Row]
    /// Where the next page begins; nothing after the last.
    public let next: String?

    /// A page.
    public init(rows: [Row], next: String?) {
        self.rows = rows
        self.next = next
    }
}

/// A window on a paged list.
@MainActor
@Observable
public final class PagedRows<Row: Sendable> {
    /// Reads the page after a cursor.
    public typealias Read = @Sendable (_ after: String?, _ limit: UInt32) async throws -> RowPage<Row>

    /// Whether there is anything to show.
    public private(set) var phase: Phase = .loading
    /// What is held, in the core's order.
    public private(set) var rows: [Row] = []
    /// A page is being read.
    public private(set) var isReading = false

    /// There are rows after those held.
    public var hasMore: Bool { pages.last.map { $0.next != nil } ?? false }
    /// There are rows before those held, which were let go.
    public var hasEarlier: Bool { !before.isEmpty }

    private struct Held {
        let after: String?
        let rows: [Row]
        let next: String?
    }

    private var pages: [Held] = []
    /// Cursors of the pages that were let go at the top.
    private var before: [String?] = []
    private var generation = 0
    private let read: Read
    private let pageSize: UInt32
    private let mostPages: Int

    /// Holds at most `mostPages` pages of `pageSize` rows.
    public init(pageSize: UInt32 = 50, mostPages: Int = 6, read: @escaping Read) {
        self.read = read
        self.pageSize = pageSize
        self.mostPages = mostPages
    }

    /// Reads from the beginning. What is shown stays until the answer is there.
    public func reload() async {
        generation += 1
        isReading = false
        await take(after: nil) { list, page in
            list.before = []
            list.pages = [page]
        }
    }

    /// Reads the next page, and lets go of the first one held when there are too many.
    public func more() async {
        guard !isReading, let after = pages.last?.next else { return }
        await take(after: after) { list, page in
            list.pages.append(page)
            if list.pages.count > list.mostPages { list.before.append(list.pages.removeFirst().after) }
        }
    }

    /// Reads the page before those held, and lets go of the last one held when there are too many.
    public func earlier() async {
        guard !isReading, let after = before.last else { return }
        await take(after: after) { list, page in
            list.before.removeLast()
            list.pages.insert(page, at: 0)
            if list.pages.count > list.mostPages { list.pages.removeLast() }
        }
    }

    private func take(after: String?, _ put: (PagedRows, Held) -> Void) async {
        let asked = generation
        isReading = true
        do {
            let page = try await read(after, pageSize)
            guard asked == generation else { return }
            put(self, Held(after: after, rows: page.rows, next: page.next))
            rows = pages.flatMap(\.rows)
            phase = .loaded(rows.isEmpty)
        } catch {
            guard asked == generation else { return }
            if !Problem(error).isCancelled { phase = .ended(error) }
        }
        isReading = false
    }
}
