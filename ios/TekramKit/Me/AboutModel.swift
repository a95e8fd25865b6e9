// About this program: which payment methods the edition has, the diagnostic log to take out by hand, and the licences of
// everything that is shipped. It belongs to the app and not to a profile.
import Foundation
import Observation
import TekramCore

/// me_about and me_licences.
@MainActor
@Observable
public final class AboutModel {
    /// How saving the diagnostic log ended.
    public enum Saved: Sendable {
        case saved, empty, failed
    }

    /// What this app was built and started with.
    public let edition: Edition
    /// The log as a file that waits to be put where the person says.
    public private(set) var logFile: URL?
    /// How saving it ended.
    public private(set) var saved: Saved?
    /// Whether the licences could be read; empty where they were not packaged.
    public private(set) var licencesPhase: Phase = .loading
    /// The page of licences, in paragraphs.
    public private(set) var licences: [String] = []

    private let folder: URL

    /// For `edition`; `folder` is a place of this screen alone.
    public init(edition: Edition, folder: URL) {
        self.edition = edition
        self.folder = folder
    }

    /// Version of the core, which is the app's.
    public var version: String { TekramCore.version() }

    /// Whether this edition leaves a payment method out.
    public func isOff(_ rail: RailKind) -> Bool { edition.railsOff.contains(rail) }

    /// Writes the log to a file of this screen, to be moved where the person says.
    public func writeLog() {
        (logFile, saved) = (nil, nil)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let file = folder.appending(path: "tekram-log.txt")
            if try edition.log?.export(to: file) == true { logFile = file } else { saved = .empty }
        } catch {
            saved = .failed
        }
    }

    /// The person put the file somewhere, or it did not work.
    public func logMoved(_ worked: Bool) {
        logFile = nil
        saved = worked ? .saved : .failed
    }

    /// Removes what was not moved.
    public func forget() {
        try? FileManager.default.removeItem(at: folder)
        logFile = nil
    }

    /// Reads the page of licences.
    public func readLicences() {
        guard let file = edition.licences else {
            licencesPhase = .empty
            return
        }
        do {
            let text = try String(contentsOf: file, encoding: .utf8)
            licences = text.components(separatedBy: "\n\n")
                .map { $0.trimmingCharacters(in: .newlines) }
                .filter { !$0.isEmpty }
            licencesPhase = .loaded(licences.isEmpty)
        } catch {
            licencesPhase = .ended(error)
        }
    }
}
