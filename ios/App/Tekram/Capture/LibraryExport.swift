// What the Music library remembers of plays that this app did not see: the last time each song was played. It is written
// as a ListenBrainz file and goes through the import like any other, so the person checks it before it is added, and
// what is only half known (how much of it was heard) is marked as estimated by the core.
import Foundation
import MediaPlayer

enum LibraryExport {
    /// Named as ListenBrainz names it, in snake case.
    private struct Listen: Encodable {
        struct Track: Encodable {
            struct Extra: Encodable {
                let durationMs: Int64
                let mediaPlayer = "Music"
            }
            let artistName: String
            let trackName: String
            let releaseName: String
            let additionalInfo: Extra
        }
        let listenedAt: Int64
        let trackMetadata: Track
    }

    /// A file of what was played since `since`, for `startImport`; nothing when there is nothing. The caller deletes it.
    static func write(since: Date) throws -> URL? {
        guard MPMediaLibrary.authorizationStatus() == .authorized else { return nil }
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        let lines = try (MPMediaQuery.songs().items ?? []).compactMap { item -> Data? in
            guard let ended = item.lastPlayedDate, ended > since, item.playCount > 0 else { return nil }
            return try encoder.encode(listen(item, ended: ended))
        }
        guard !lines.isEmpty else { return nil }
        let file = FileManager.default.temporaryDirectory.appending(path: "music-library.jsonl")
        let text = lines.reduce(into: Data()) { $0 += $1 + [0x0A] }
        try text.write(to: file, options: [.atomic, .completeFileProtection])
        return file
    }

    /// The library tells when a play ended; ListenBrainz tells when it began.
    private static func listen(_ item: MPMediaItem, ended: Date) -> Listen {
        Listen(
            listenedAt: Int64(ended.addingTimeInterval(-item.playbackDuration).timeIntervalSince1970),
            trackMetadata: .init(
                artistName: item.artist ?? item.albumArtist ?? "",
                trackName: item.title ?? "",
                releaseName: item.albumTitle ?? "",
                additionalInfo: .init(durationMs: Int64(item.playbackDuration * 1_000))))
    }
}
