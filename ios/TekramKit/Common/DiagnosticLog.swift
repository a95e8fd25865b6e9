// What went wrong on this phone, for the person to take out by hand and nobody else. It is a ring in one file of fixed
// size, and it cannot hold personal data because there is no way to give it any: an entry is a moment and a number. No
// text, no id, no address. The form is that of the Android app, so that one program reads both.
import Foundation

/// The log of one phone. Every call is safe from any thread and none fails: a full disk must not end what wants to say so.
public final class DiagnosticLog: Sendable {
    /// What can be noted. The numbers are stable: another version reads the file too.
    public enum Moment: Int, Sendable {
        case started = 1
        case coreError = 3
        case hostFailed = 4
        case captureFailed = 5
        case jobStarted = 6
        case jobFinished = 7
        case jobStopped = 8
        case keyFailed = 9
        case scanFailed = 11
        case linkRefused = 12
    }

    /// How many entries there are at most.
    public static let capacity = 512
    private static let slotBytes = 256
    private static let heading = "tekram diagnostic log 1: seconds number code kinds\n"

    private let file: URL
    private let capacity: Int
    private let now: @Sendable () -> Date
    private let lock = NSLock()

    /// Kept in `file`; the newest `capacity` entries stay.
    public init(file: URL, capacity: Int = DiagnosticLog.capacity, now: @escaping @Sendable () -> Date = { .now }) {
        self.file = file
        self.capacity = capacity
        self.now = now
    }

    /// Notes a moment with a stable number of its own, such as the core's error code.
    public func note(_ moment: Moment, code: Int64 = 0) {
        let seconds = Int64(now().timeIntervalSince1970)
        lock.withLock { try? write("\(seconds) \(moment.rawValue) \(code)") }
    }

    /// The entries from the oldest to the newest: seconds since 1970, number, code.
    public var lines: [String] {
        lock.withLock { slots().sorted { $0.running < $1.running }.map(\.line) }
    }

    /// Writes the entries to `target`; false when there are none.
    public func export(to target: URL) throws -> Bool {
        let lines = lines
        guard !lines.isEmpty else { return false }
        try Data((Self.heading + lines.map { $0 + "\n" }.joined()).utf8).write(to: target, options: .atomic)
        return true
    }

    /// Forgets everything.
    public func clear() {
        lock.withLock { try? FileManager.default.removeItem(at: file) }
    }

    // Slot n of the ring starts at n × slotBytes; a line says its running number first, so the order is known.
    private func write(_ what: String) throws {
        let running = 1 + (slots().map(\.running).max() ?? 0)
        let line = Data("\(running) \(what)".utf8.prefix(Self.slotBytes - 1))
        let padding = Data(repeating: 0x20, count: Self.slotBytes - 1 - line.count)
        if !FileManager.default.fileExists(atPath: file.path) {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data().write(to: file)
        }
        let handle = try FileHandle(forWritingTo: file)
        defer { try? handle.close() }
        try handle.seek(toOffset: UInt64(running % Int64(capacity)) * UInt64(Self.slotBytes))
        try handle.write(contentsOf: line + padding + [0x0A])
    }

    private func slots() -> [(running: Int64, line: String)] {
        guard let bytes = try? Data(contentsOf: file) else { return [] }
        return stride(from: 0, to: bytes.count, by: Self.slotBytes).compactMap { start in
            let slot = bytes[start..<min(start + Self.slotBytes, bytes.count)].filter { $0 != 0 }
            let parts = String(decoding: slot, as: UTF8.self)
                .trimmingCharacters(in: .whitespacesAndNewlines)
                .split(separator: " ", maxSplits: 1)
            guard parts.count == 2, let running = Int64(parts[0]) else { return nil }
            return (running, String(parts[1]))
        }
    }
}

/// Where the core's errors are noted while the app runs: they become `Problem`s in every view model, and each is noted there.
public enum CoreErrors {
    private static let sink = Sink()

    /// From now on the core's errors are noted in `log`.
    public static func note(in log: DiagnosticLog?) { sink.log = log }

    static func heard(_ code: UInt32) { sink.log?.note(.coreError, code: Int64(code)) }

    private final class Sink: @unchecked Sendable {
        private let lock = NSLock()
        private var kept: DiagnosticLog?

        var log: DiagnosticLog? {
            get { lock.withLock { kept } }
            set { lock.withLock { kept = newValue } }
        }
    }
}
