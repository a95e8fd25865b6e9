// An import from the file to the holding pen, with progress, and the imports so far. Nothing is in the log until the
// person says so.
import Foundation
import Observation
import TekramCore

/// history_import.
@MainActor
@Observable
public final class ImportModel {
    /// Whether the list of imports could be read.
    public private(set) var phase: Phase = .loading
    /// The imports, newest first.
    public private(set) var batches: [Batch] = []
    /// Name of the file that is being read.
    public private(set) var reading: String?
    /// How far it is.
    public private(set) var progress: ImportProgress?
    /// The person stopped it; nothing of it stays.
    public private(set) var isStopped = false
    /// Why the file could not be read.
    public private(set) var problem: Problem?
    /// The import that was just read, to be looked at.
    public var done: Int64?

    private let persona: Persona
    private var work: Task<Void, Never>?

    /// For `persona`.
    public init(persona: Persona) {
        self.persona = persona
    }

    /// Part of the file that was read, 0 to 1, if its length is known.
    public var part: Double? {
        guard let progress, let total = progress.bytesTotal, total > 0 else { return nil }
        return min(1, Double(progress.bytesRead) / Double(total))
    }

    /// Reads the list of imports.
    public func load() {
        do {
            batches = try persona.batches()
            phase = .loaded(batches.isEmpty)
        } catch {
            phase = .ended(error)
        }
    }

    /// Reads the file at `path` into the holding pen. One import at a time.
    public func read(_ path: String) async {
        guard reading == nil else { return }
        reading = URL(filePath: path).lastPathComponent
        (progress, problem, isStopped) = (nil, nil, false)
        let work = Task { await run(path) }
        self.work = work
        await work.value
        (reading, self.work) = (nil, nil)
        load()
    }

    /// Stops the import that runs; nothing of it stays.
    public func stop() {
        work?.cancel()
    }

    private func run(_ path: String) async {
        do {
            let task = try persona.startImport(path: path)
            done = try await task.run { progress = $0 }.batch
        } catch {
            let problem = Problem(error)
            if problem.isCancelled { isStopped = true } else { self.problem = problem }
        }
    }
}
