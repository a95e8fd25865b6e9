// Serves feeds and what lies beside them to the real core from this machine.
import Foundation

/// A server for the files of a folder; it ends with its owner. `silent.xml` never answers.
final class PayFeedServer: Sendable {
    /// Where it listens, as `127.0.0.1:PORT`.
    let host: String
    private let listener: LocalListener

    init(files: URL) throws {
        let listener = try LocalListener()
        self.listener = listener
        host = listener.host
        let origin = "http://\(host)"
        listener.serve { connection in
            guard let path = connection.request()?.path else { return }
            if path == "/silent.xml" { return connection.stayingSilent() }
            let feed = try? String(contentsOf: files.appending(path: String(path.dropFirst())), encoding: .utf8)
            let body = Data((feed ?? "").replacingOccurrences(of: "{{ORIGIN}}", with: origin).utf8)
            connection.say(feed == nil ? "404 Not Found" : "200 OK", body)
        }
    }
}
