// What the widget shows: three lines of the month's split, formatted already, and only if the person allowed it. Without
// their permission the file does not exist and the widget says no more than the app's name.
import Foundation

struct WidgetSnapshot: Codable, Equatable, Sendable {
    struct Line: Codable, Equatable, Sendable {
        let name: String
        let amount: String
        /// Part of the whole, from 0 to 1.
        let part: Double
    }

    let month: String
    let total: String
    let lines: [Line]

    static let mostLines = 3

    private static var file: URL? {
        AppGroup.folder?.appending(path: "widget.json", directoryHint: .notDirectory)
    }

    /// Unreadable while the device is locked: then there is nothing to show.
    static func load() -> WidgetSnapshot? {
        guard let file, let bytes = try? Data(contentsOf: file) else { return nil }
        return try? JSONDecoder().decode(WidgetSnapshot.self, from: bytes)
    }

    func save() throws {
        guard let file = Self.file else { return }
        try JSONEncoder().encode(self).write(to: file, options: [.atomic, .completeFileProtection])
    }

    static func clear() {
        guard let file else { return }
        try? FileManager.default.removeItem(at: file)
    }
}
