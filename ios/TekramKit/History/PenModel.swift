// One import: what it would add, which lines it left out and why, and the decision about it.
import Foundation
import Observation
import TekramCore

/// history_pen and history_refused.
@MainActor
@Observable
public final class PenModel {
    /// Whether the import could be read.
    public private(set) var phase: Phase = .loading
    /// The import.
    public private(set) var batch: Batch?
    /// How many feeds it says the person follows.
    public private(set) var subscriptions = 0
    /// A decision is being carried out.
    public private(set) var isBusy = false
    /// Why it was not.
    public private(set) var problem: Problem?
    /// What it would add, in the order of the file.
    public let preview: PagedRows<Listen>
    /// The lines that it left out, in the order of the file.
    public let refused: PagedRows<RefusedLine>

    private let persona: Persona
    private let number: Int64

    /// The import `number` of `persona`.
    public init(persona: Persona, number: Int64) {
        self.persona = persona
        self.number = number
        preview = PagedRows { after, limit in
            let page = try persona.previewBatch(batch: number, after: after, limit: limit)
            return RowPage(rows: page.listens, next: page.next)
        }
        refused = PagedRows { after, limit in
            let page = try persona.refusedLines(batch: number, after: after, limit: limit)
            return RowPage(rows: page.lines, next: page.next)
        }
    }

    /// Reads the import and the first page of what it would add.
    public func load() async {
        do {
            batch = try persona.batches().first { $0.batch == number }
            subscriptions = try persona.previewBatch(batch: number, after: nil, limit: 1).subscriptions.count
            phase = batch == nil ? .failed(Problem(name: "no_such_batch")) : .ready
        } catch {
            phase = .ended(error)
        }
        await preview.reload()
    }

    /// Adds it to the log.
    public func accept() async {
        await decide { [persona, number] in try await persona.acceptBatch(batch: number) }
    }

    /// Throws it away before it was added.
    public func reject() async {
        await decide { [persona, number] in try await persona.rejectBatch(batch: number) }
    }

    /// Takes it out of the log again.
    public func undo() async {
        await decide { [persona, number] in try await persona.undoBatch(batch: number) }
    }

    private func decide(_ decision: () async throws -> Batch) async {
        guard !isBusy else { return }
        (isBusy, problem) = (true, nil)
        defer { isBusy = false }
        do {
            batch = try await decision()
        } catch {
            problem = Problem(error)
        }
    }
}
