// What the tests share: a real device in a folder of its own, with one open profile.
import Foundation
import TekramCore

@testable import TekramKit

/// A device and its open profile; the folder goes with it.
final class TestProfile: Sendable {
    static let passphrase = "correct horse battery staple"

    let folder: URL
    let agent: Agent
    let persona: Persona

    /// A new profile on a new device.
    static func make(name: String = "Home") async throws -> TestProfile {
        let folder = try newFolder()
        let agent = try device(in: folder)
        let persona = try await agent.createPersona(name: name, passphrase: passphrase)
        return TestProfile(folder: folder, agent: agent, persona: persona)
    }

    private init(folder: URL, agent: Agent, persona: Persona) {
        self.folder = folder
        self.agent = agent
        self.persona = persona
    }

    deinit {
        try? agent.close()
        try? FileManager.default.removeItem(at: folder)
    }

    /// A device without profiles.
    static func device(in folder: URL, keyStore: (any KeyStore)? = nil) throws -> Agent {
        let settings = AgentSettings(
            dataFolder: folder.path, allow: [], proxy: nil, railsOff: [], zone: "Europe/Berlin")
        return try Agent.open(settings: settings, keyStore: keyStore, location: nil, connectivity: nil)
    }

    static func newFolder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tekram-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    /// Writes a file beside the vaults and names it.
    func file(_ name: String, _ text: String) throws -> String {
        let path = folder.appending(path: name)
        try text.write(to: path, atomically: true, encoding: .utf8)
        return path.path
    }

    /// A history of `count` listens, as ListenBrainz exports it.
    func history(count: Int) throws -> String {
        let lines = (0..<count).map { number in
            #"{"listened_at":\#(1_700_000_000 + number * 300),"track_metadata":{"artist_name":"Artist \#(number % 50)","#
                + #""track_name":"Track \#(number)","additional_info":{"duration_ms":200000}}}"#
        }
        return try file("listens.jsonl", lines.joined(separator: "\n"))
    }
}

/// Fails after a while instead of hanging.
func within<Value: Sendable>(
    seconds: Double = 20, _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask { try await work() }
        group.addTask {
            try await Task.sleep(for: .seconds(seconds))
            throw TookTooLong()
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { throw TookTooLong() }
        return first
    }
}

struct TookTooLong: Error {}
