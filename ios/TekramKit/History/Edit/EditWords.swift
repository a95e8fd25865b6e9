// What a change did, in words: one sentence for each kind of change, with what came of it.
import Foundation
import TekramCore

extension ListenKind {
    /// In the order in which they are offered.
    public static let all: [ListenKind] = [.music, .podcast, .radio, .audiobook, .video, .page, .advert]

    /// Key of its word.
    public var wordKey: String {
        switch self {
        case .music: "history_kind_music"
        case .podcast: "history_kind_podcast"
        case .radio: "history_kind_radio"
        case .audiobook: "history_kind_audiobook"
        case .video: "history_kind_video"
        case .page: "history_kind_page"
        case .advert: "history_kind_advert"
        }
    }
}

extension EditChange {
    /// What it did.
    public var text: String {
        switch self {
        case .rated(_, let after): Self.rated(after)
        case .noted(_, let after): Words.text(after.isEmpty ? "history_edit_did_unnoted" : "history_edit_did_noted")
        case .tagged(let added, let removed): Self.tagged(added, removed)
        case .corrected(_, let after): after.changeText
        case .moved(_, let after): Words.text(after.changeKey)
        case .deletedForGood: Words.text("history_edit_did_for_good")
        case .merged(let titles): Words.text("history_edit_did_merged", titles.joined(separator: ", "))
        case .split(let titles): Words.text("history_edit_did_split", titles.joined(separator: ", "))
        }
    }

    private static func rated(_ thumb: Thumb?) -> String {
        guard let thumb else { return Words.text("history_edit_did_unrated") }
        return Words.text(
            "history_edit_did_rated", Words.text(thumb == .up ? "history_thumb_up" : "history_thumb_down"))
    }

    private static func tagged(_ added: [String], _ removed: [String]) -> String {
        var parts: [String] = []
        if !added.isEmpty { parts.append(Words.text("history_edit_did_tagged", added.joined(separator: ", "))) }
        if !removed.isEmpty { parts.append(Words.text("history_edit_did_untagged", removed.joined(separator: ", "))) }
        return parts.joined(separator: " · ")
    }
}

extension Correction {
    /// All that is corrected since a change.
    fileprivate var changeText: String {
        let values = [
            kind.map { Words.text($0.wordKey) }, title, creators?.joined(separator: ", "), show, publisher,
        ]
        let parts = values.compactMap { $0 }.map { $0.isEmpty ? Words.text("history_edit_source_nothing") : $0 }
        guard !parts.isEmpty else { return Words.text("history_edit_did_original") }
        return Words.text("history_edit_did_corrected", parts.joined(separator: " · "))
    }
}

extension TekramCore.Presence {
    fileprivate var changeKey: String {
        switch self {
        case .shown: "history_edit_did_shown"
        case .hidden: "history_edit_did_hidden"
        case .deleted: "history_edit_did_deleted"
        }
    }
}
