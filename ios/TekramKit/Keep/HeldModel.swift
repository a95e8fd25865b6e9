// The holding pen: the batches that arrived, and one of them with its things, of which all or some are added or thrown away.
// A batch that was added can be taken back as a whole.
import Observation
import TekramCore

/// keep_pen.
@MainActor
public final class HeldModel {
    /// The batches, newest first.
    public let batches: Kept<[PenBatch]>

    /// For `persona`.
    public init(persona: Persona) {
        batches = Kept(persona) {
            try $0.penBatches()
        } isNone: {
            $0.isEmpty
        }
    }
}

/// What was done with a batch last.
public enum HeldDone: Equatable, Sendable {
    /// So many are in the vault now, and so many still wait because they are probably there already.
    case added(UInt32, alike: UInt32)
    /// So many were thrown away.
    case thrownAway(UInt32)
    /// So many were taken out again.
    case undone(UInt32)
}

/// keep_batch.
@MainActor
@Observable
public final class HeldBatchModel {
    /// Whether the batch could be read; empty once it was cleared away.
    public private(set) var phase: Phase = .loading
    /// The batch.
    public private(set) var batch: PenBatch?
    /// Its things, in the order in which they came.
    public let items: PagedRows<PenItem>
    /// Numbers of the things that were ticked.
    public private(set) var chosen: Set<UInt32> = []
    /// A decision is being carried out.
    public private(set) var isBusy = false
    /// Why the last decision was refused.
    public private(set) var problem: Problem?
    /// What was done with it last.
    public private(set) var done: HeldDone?
    /// It was cleared from the list: its screen can be left.
    public private(set) var isDiscarded = false

    private let persona: Persona
    private let number: Int64

    /// For the batch `number` of `persona`.
    public init(persona: Persona, number: Int64) {
        (self.persona, self.number) = (persona, number)
        items = PagedRows { after, limit in
            let page = try persona.penItems(
                batch: number, after: after.flatMap { UInt32($0) } ?? 0, limit: limit)
            return RowPage(rows: page.items, next: page.next.map { String($0) })
        }
    }

    /// Reads it.
    public func load() async {
        do {
            batch = try persona.penBatches().first { $0.id == number }
            phase = .loaded(batch == nil)
        } catch {
            phase = .ended(error)
        }
        if batch != nil { await items.reload() }
    }

    /// Reads it, and again after each change, until the screen is left.
    public func follow() async { await persona.follow { await load() } }

    /// Whether the thing with this number is ticked.
    public subscript(chosen item: UInt32) -> Bool {
        get { chosen.contains(item) }
        set {
            if newValue { chosen.insert(item) } else { chosen.remove(item) }
            done = nil
        }
    }

    /// Adds what was ticked, or everything that is not probably there already.
    public func accept() async {
        await decide { persona, number, chosen in
            let accepted = try await persona.acceptHeld(batch: number, numbers: chosen)
            return .added(accepted.accepted, alike: accepted.alike)
        }
    }

    /// Throws away what was ticked, or everything that waits.
    public func reject() async {
        await decide { persona, number, chosen in
            .thrownAway(try await persona.rejectHeld(batch: number, numbers: chosen))
        }
    }

    /// Takes everything that was added out again.
    public func undo() async {
        await decide { persona, number, _ in .undone(try await persona.undoHeld(batch: number)) }
    }

    /// Clears it from the list; what was added stays.
    public func discard() async {
        await decide { persona, number, _ in
            try await persona.discardHeld(batch: number)
            return nil
        }
    }

    private func decide(_ decision: @MainActor (Persona, Int64, [UInt32]?) async throws -> HeldDone?) async {
        guard !isBusy else { return }
        (isBusy, problem, done) = (true, nil, nil)
        do {
            done = try await decision(persona, number, chosen.isEmpty ? nil : chosen.sorted())
            (chosen, isDiscarded) = ([], done == nil)
        } catch {
            problem = Problem(error)
        }
        isBusy = false
        await load()
    }
}
