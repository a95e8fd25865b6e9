// A server on this machine that speaks what is needed of ListenBrainz's API and of a music server's, over plain http, as one
// stands in a home network.
import Foundation
import Synchronization

/// Knows the token `right`, and two listens of everybody but `nobody`; on the music server plays a song for two looks.
final class HomeListenBrainz: Sendable {
    /// Where its API begins.
    let url: String
    /// What was sent to it.
    var submitted: [String] { sent.withLock { $0 } }

    private let listener: LocalListener
    private let sent: Sent

    private final class Sent: Sendable {
        private let bodies = Mutex<[String]>([])
        private let looks = Mutex(0)
        func withLock<Value>(_ body: (inout [String]) -> Value) -> Value where Value: Sendable {
            bodies.withLock { body(&$0) }
        }
        func look() -> Int {
            looks.withLock {
                $0 += 1
                return $0
            }
        }
    }

    init() throws {
        let listener = try LocalListener()
        let sent = Sent()
        (self.listener, self.sent) = (listener, sent)
        url = "http://\(listener.host)"
        listener.serve { connection in
            guard let request = connection.whole() else { return }
            let token = request.fields["authorization"]
            if token != nil && token != "Token right" {
                return connection.say("401 Unauthorized", Data(#"{"code": 401, "valid": false}"#.utf8))
            }
            if request.path.contains("/user/nobody/") { return connection.say("404 Not Found", Data("{}".utf8)) }
            connection.say("200 OK", Data(HomeListenBrainz.answer(request, sent).utf8))
        }
    }

    private static func answer(_ request: LocalRequest, _ sent: Sent) -> String {
        let parts = request.path.split(separator: "?", maxSplits: 1)
        let (path, query) = (parts[0], parts.count > 1 ? String(parts[1]) : "")
        if path.hasSuffix("/validate-token") { return #"{"code": 200, "valid": true, "user_name": "ada"}"# }
        if path.hasSuffix("/submit-listens") {
            sent.withLock { $0.append(String(decoding: request.body, as: UTF8.self)) }
            return #"{"status": "ok"}"#
        }
        if path.hasSuffix("/getNowPlaying.view") {
            let entry =
                #"{"id": "1", "title": "Low Tide", "artist": "Alder", "album": "Salt", "duration": 201, "username": "ada", "#
                + #""minutesAgo": 0, "playerId": 1}"#
            let entries = sent.look() <= 2 ? entry : ""
            return
                #"{"subsonic-response": {"status": "ok", "version": "1.16.1", "nowPlaying": {"entry": [\#(entries)]}}}"#
        }
        let before = query.components(separatedBy: "max_ts=").last.flatMap { Int($0.prefix { $0.isNumber }) } ?? .max
        let listens = [1_794_000_200, 1_794_000_000].filter { $0 < before }.map {
            #"{"listened_at": \#($0), "track_metadata": {"track_name": "T\#($0)", "artist_name": "Alder"}}"#
        }
        return #"{"payload": {"listens": [\#(listens.joined(separator: ", "))]}}"#
    }
}
