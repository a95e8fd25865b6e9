// The app's story (tests/fixtures/app-story) told by the view models, against the counterparts that `cargo xtask swift`
// holds. The command line and the Kotlin view models play the same file, so that all three say the same of the same core.
import Foundation
import TekramCore
import Testing

@testable import TekramKit

/// Folder of the counterparts; their ports stand there in `ports.json`.
private let stage = ProcessInfo.processInfo.environment["TEKRAM_STORY_STAGE"].map { URL(filePath: $0) }

@MainActor
@Suite struct StoryTests {
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../tests/fixtures").standardized

    @Test(
        .enabled(if: stage != nil, "TEKRAM_STORY_STAGE names no stage; `cargo xtask swift` raises one"),
        .timeLimit(.minutes(10)))
    func theViewModelsTellTheAppsStory() async throws {
        let stage = try #require(stage)
        let ports = try #require(read(stage.appending(path: "ports.json")) as? [String: Int])
        let hosts = try ["mint", "relay", "feeds"].map { "127.0.0.1:\(try #require(ports[$0]))" }
        let story = try #require(read(Self.fixtures.appending(path: "app-story/story.json")) as? Fields)
        let folder = try TestProfile.newFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let settings = AgentSettings(
            dataFolder: folder.path, allow: hosts, proxy: nil, railsOff: [],
            zone: try #require(story["zone"] as? String))
        let app = AppModel(agent: try Agent.open(settings: settings, keyStore: nil, location: nil, connectivity: nil))
        defer { app.close() }
        let player = StoryPlayer(
            app: app, folder: folder, fixtures: Self.fixtures,
            places: [
                "${MINT}": "http://\(hosts[0])", "${RELAY}": "ws://\(hosts[1])", "${FEEDS}": "http://\(hosts[2])",
            ])
        for (index, step) in try #require(story["steps"] as? [Fields]).enumerated() {
            let action = try #require(step["do"] as? String)
            let place = "step \(index + 1) (\(action))"
            let refused = try await player.act(action, step["with"] as? Fields ?? [:])
            try #require(refused == step["refused"] as? String, "\(place): refused with \(refused ?? "nothing")")
            let expected = try #require(step["expect"] as? Fields)
            let differs = try await lastDifference(place, expected, player)
            try #require(differs == nil, "\(differs ?? "")")
        }
        // What xtask looks for: a story that was not told is no success.
        try Data("by the Swift view models\n".utf8).write(to: stage.appending(path: "told"))
    }

    @Test func anExpectationIsAPartOfObjectsAndTheWholeOfLists() {
        let shown: Fields = ["a": ["b": 1, "c": [1, 2]] as Fields]
        #expect(difference("snapshot", ["a": ["b": 1]] as Fields, shown) == nil)
        #expect(difference("snapshot", ["a": ["c": [1, 2]]] as Fields, shown) == nil)
        #expect(difference("snapshot", ["a": ["b": 2]] as Fields, shown) == "snapshot.a.b: expected 2, not 1")
        #expect(difference("snapshot", ["a": ["c": [1]]] as Fields, shown) != nil)
        #expect(difference("snapshot", ["d": 1] as Fields, shown) != nil)
    }

    /// Waits until the snapshot holds what is expected; what still differs after a while.
    private func lastDifference(_ place: String, _ expected: Fields, _ player: StoryPlayer) async throws -> String? {
        let end = ContinuousClock.now + .seconds(30)
        while true {
            let differs = difference(place, expected, try await player.snapshot(Array(expected.keys)))
            if differs == nil || ContinuousClock.now > end { return differs }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private func read(_ file: URL) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(contentsOf: file))
    }

    /// The first place where `actual` does not hold what is `expected`: a part of an object, the whole of a list.
    private func difference(_ place: String, _ expected: Any, _ actual: Any?) -> String? {
        switch (expected, actual) {
        case (let fields as Fields, let held as Fields):
            return fields.lazy.compactMap { difference("\(place).\($0.key)", $0.value, held[$0.key]) }.first
        case (let elements as [Any], let held as [Any]) where elements.count == held.count:
            return zip(elements, held).enumerated().lazy
                .compactMap { difference("\(place)[\($0.offset)]", $0.element.0, $0.element.1) }.first
        case (let number as Int, let held as Int) where number == held: return nil
        case (let text as String, let held as String) where text == held: return nil
        default: return "\(place): expected \(expected), not \(actual.map { "\($0)" } ?? "nothing")"
        }
    }
}
