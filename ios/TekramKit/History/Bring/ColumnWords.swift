// What a column of a table can say, in the order in which the person chooses, and the zones that times can be written in.
import Foundation
import TekramCore

extension ColumnRole {
    /// What most tables have comes first.
    public static let all: [ColumnRole] = [
        .time, .date, .title, .artist, .album, .show, .publisher, .kind, .playedS, .playedMs, .lengthS, .lengthMs, .url,
        .feedUrl, .itemGuid, .isrc, .recordingMbid, .releaseMbid, .artistMbid, .player, .device, .service, .event,
    ]

    /// Key of its word.
    public var wordKey: String { "history_look_role_\(name)" }

    private var name: String {
        switch self {
        case .time: "time"
        case .date: "date"
        case .title: "title"
        case .artist: "artist"
        case .album: "album"
        case .show: "show"
        case .publisher: "publisher"
        case .kind: "kind"
        case .playedS: "played_s"
        case .playedMs: "played_ms"
        case .lengthS: "length_s"
        case .lengthMs: "length_ms"
        case .url: "url"
        case .feedUrl: "feed_url"
        case .itemGuid: "item_guid"
        case .isrc: "isrc"
        case .recordingMbid: "recording_mbid"
        case .releaseMbid: "release_mbid"
        case .artistMbid: "artist_mbid"
        case .player: "player"
        case .device: "device"
        case .service: "service"
        case .event: "event"
        }
    }
}

/// Zones by the names of their cities.
public enum Zones {
    /// How a zone is shown.
    public static func text(_ zone: String) -> String { zone.replacingOccurrences(of: "_", with: " ") }

    /// The first zones whose names have what was typed.
    public static func found(_ typed: String, atMost count: Int = 6) -> [String] {
        let typed = typed.trimmingCharacters(in: .whitespacesAndNewlines).replacingOccurrences(of: " ", with: "_")
        guard !typed.isEmpty else { return [] }
        let all = TimeZone.knownTimeZoneIdentifiers.filter { $0.contains("/") } + ["UTC"]
        return Array(all.filter { $0.range(of: typed, options: .caseInsensitive) != nil }.sorted().prefix(count))
    }
}
