// An import from the file to the holding pen: its beginning is looked at, with what the file does not say itself asked of the
// person; then it is read, with progress. And the imports so far. Nothing is in the log until the person says so.
import Foundation
import Observation
import TekramCore

/// A file that was looked at, and how the person says that it is to be read.
public struct LookedFile: Equatable, Sendable {
    /// Its name.
    public let name: String
    /// Files that were chosen besides.
    public let more: Int
    /// What it turns out to be, as it would be read.
    public internal(set) var look: ExportLook
    /// What was said of it so far.
    public internal(set) var readAs: ReadAs
    /// Why it cannot be read as was said.
    public internal(set) var problem: Problem?

    /// It is something that can be read.
    public var isKnown: Bool { look.format != nil || look.table != nil }

    /// Its times were written in a zone that only the person knows.
    public var asksZone: Bool { look.localTimes || look.table != nil }

    /// How its columns are read, where it is a table.
    public var mapping: TableMapping? { readAs.mapping ?? look.table?.suggested }
}

/// history_import.
@MainActor
@Observable
public final class ImportModel {
    /// Whether the list of imports could be read.
    public private(set) var phase: Phase = .loading
    /// The imports, newest first.
    public private(set) var batches: [Batch] = []
    /// Name of the file whose beginning is looked at.
    public private(set) var looking: String?
    /// The file that was looked at; the person says whether it is read.
    public private(set) var looked: LookedFile?
    /// Name of the file that is being read.
    public private(set) var reading: String?
    /// How far it is.
    public private(set) var progress: FilesProgress?
    /// The person stopped it; nothing of it stays.
    public private(set) var isStopped = false
    /// Why the file could not be read.
    public private(set) var problem: Problem?
    /// What became of several files; empty when it was one.
    public private(set) var files: [FileImported] = []
    /// The import that was just read, to be looked at.
    public var done: Int64?

    private let persona: Persona
    @ObservationIgnored private var chosen: ChosenFiles?
    @ObservationIgnored private var work: Task<Void, Never>?

    /// For `persona`.
    public init(persona: Persona) {
        self.persona = persona
    }

    /// A file is being looked at or read.
    public var isBusy: Bool { looking != nil || looked != nil || reading != nil }

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

    /// Looks at the first of the files that the person chose. One import at a time.
    public func look(at files: [URL]) async {
        guard !isBusy, let first = files.first else { return }
        forgetEnd()
        chosen = ChosenFiles(files)
        looking = first.lastPathComponent
        defer { looking = nil }
        do {
            let look = try await persona.lookAtExport(path: first.path, readAs: ReadAs())
            // Times without a zone are mostly those of where the person is; of a table the core says what its columns most
            // likely mean.
            let zone = look.localTimes || look.table != nil ? TimeZone.current.identifier : nil
            let readAs = ReadAs(zone: zone, mapping: look.table?.suggested)
            looked = LookedFile(name: first.lastPathComponent, more: files.count - 1, look: look, readAs: readAs)
        } catch {
            chosen = nil
            problem = Problem(error)
        }
    }

    /// Looks once more, as the person says now: its first plays are shown as they would be read.
    public func lookAgain() async {
        guard let before = looked, let first = chosen?.files.first, before.readAs != ReadAs() else { return }
        let answer: Result<ExportLook, any Error>
        do {
            answer = .success(try await persona.lookAtExport(path: first.path, readAs: before.readAs))
        } catch {
            answer = .failure(error)
        }
        // Something else was said meanwhile, or the file was left.
        guard looked?.readAs == before.readAs else { return }
        switch answer {
        case .success(let look):
            looked?.look = look.with(
                table: look.table ?? before.look.table, localTimes: before.look.localTimes, plays: look.plays)
            looked?.problem = nil
        case .failure(let error):
            looked?.look = before.look.with(
                table: before.look.table, localTimes: before.look.localTimes, plays: [])
            looked?.problem = Problem(error)
        }
    }

    /// The zone in which the times of the file were written.
    public var zone: String {
        get { looked?.readAs.zone ?? "UTC" }
        set { say(ReadAs(zone: newValue, mapping: looked?.readAs.mapping)) }
    }

    /// Whether the first line of the table holds headings.
    public var hasHeader: Bool {
        get { looked?.mapping?.header ?? false }
        set { say(looked?.mapping?.with(header: newValue)) }
    }

    /// Whether `3/4/2026` is the third of April.
    public var isDayFirst: Bool {
        get { looked?.mapping?.dayFirst ?? false }
        set { say(looked?.mapping?.with(dayFirst: newValue)) }
    }

    /// What a column of the table says, from 0. A meaning stands at one column only.
    public subscript(column column: Int) -> ColumnRole? {
        get { looked?.mapping?.columns.first { Int($0.column) == column }?.role }
        set {
            guard let mapping = looked?.mapping else { return }
            var columns = mapping.columns.filter { Int($0.column) != column && $0.role != newValue }
            if let newValue { columns.append(MappedColumn(role: newValue, column: UInt32(column))) }
            say(mapping.with(columns: columns))
        }
    }

    /// It is the right file: it and those chosen with it are read as the person said.
    public func readIn() async {
        guard let readAs = looked?.readAs, let files = chosen?.files, reading == nil else { return }
        looked = nil
        await read(files.map(\.path), readAs)
        chosen = nil
    }

    /// It is not the right file; nothing of it is kept.
    public func leave() {
        (looked, chosen) = (nil, nil)
    }

    /// Reads the file at `path` into the holding pen as it is. One import at a time.
    public func read(_ path: String) async {
        guard !isBusy else { return }
        forgetEnd()
        await read([path], ReadAs())
    }

    /// Stops the import that runs; nothing of the file that it is at stays.
    public func stop() {
        work?.cancel()
    }

    private func say(_ mapping: TableMapping?) {
        say(ReadAs(zone: looked?.readAs.zone, mapping: mapping))
    }

    private func say(_ readAs: ReadAs) {
        looked?.readAs = readAs
    }

    private func forgetEnd() {
        (progress, problem, isStopped, files) = (nil, nil, false, [])
    }

    private func read(_ paths: [String], _ readAs: ReadAs) async {
        reading = paths.first.map(ImportModel.name)
        let work = Task { await run(paths, readAs) }
        self.work = work
        await work.value
        (reading, self.work) = (nil, nil)
        load()
    }

    private func run(_ paths: [String], _ readAs: ReadAs) async {
        do {
            let task = try persona.startImportFiles(paths: paths, readAs: readAs)
            let ended = try await task.run { now in
                progress = now
                if paths.indices.contains(Int(now.file)) { reading = ImportModel.name(paths[Int(now.file)]) }
            }
            guard ended.count == 1, let only = ended.first else {
                files = ended
                return
            }
            done = only.report?.batch
            problem = only.problem.map { Problem(ofHistory: $0) }
        } catch {
            let problem = Problem(error)
            if problem.isCancelled { isStopped = true } else { self.problem = problem }
        }
    }

    private static func name(_ path: String) -> String { URL(filePath: path).lastPathComponent }
}

extension Problem {
    /// What the core says of a file or an account of History afterwards, by name only.
    public init(ofHistory name: String) {
        self.init(code: 4_000, name: name)
    }
}

extension ExportLook {
    fileprivate func with(table: LookedTable?, localTimes: Bool, plays: [SampledPlay]) -> ExportLook {
        ExportLook(
            format: format, bytes: bytes, files: files, filesSkipped: filesSkipped, table: table, plays: plays,
            subscriptions: subscriptions, refused: refused, localTimes: localTimes)
    }
}

extension TableMapping {
    fileprivate func with(header: Bool? = nil, dayFirst: Bool? = nil, columns: [MappedColumn]? = nil) -> TableMapping {
        TableMapping(
            delimiter: delimiter, header: header ?? self.header, dayFirst: dayFirst ?? self.dayFirst,
            columns: columns ?? self.columns)
    }
}
