// One listen as a row, and the list of a day.
import SwiftUI
import TekramCore
import TekramKit

extension ListenKind {
    var title: LocalizedStringKey { LocalizedStringKey(wordKey) }

    var systemImage: String {
        switch self {
        case .music: "music.note"
        case .podcast: "mic"
        case .radio: "radio"
        case .audiobook: "book"
        case .video: "film"
        case .page: "doc.text"
        case .advert: "megaphone"
        }
    }
}

extension Listen {
    /// The title, or that there is none.
    var titleText: Text { title.isEmpty ? Text("history_untitled") : Text(verbatim: title) }

    /// How much of it was played, in words.
    var playedText: String {
        guard let playedMs else { return Words.text("history_played_unknown") }
        if skipped { return Words.text("history_skipped") }
        if estimated { return Words.text("history_played_estimate", Durations.text(playedMs)) }
        if let mediaMs, mediaMs > playedMs {
            return Words.text("history_played_of", Durations.text(playedMs), Durations.text(mediaMs))
        }
        return Words.text("history_played", Durations.text(playedMs))
    }
}

/// A listen in a list, which opens.
struct ListenLink: View {
    let persona: Persona
    let listen: Listen
    var withDate = false

    var body: some View {
        NavigationLink {
            ItemScreen(persona: persona, id: listen.id)
        } label: {
            ListenRow(listen: listen, withDate: withDate)
        }
    }
}

/// A listen: what, who made it, when, how much of it, and its rating.
struct ListenRow: View {
    let listen: Listen
    var withDate = false

    var body: some View {
        HStack(spacing: Theme.near) {
            Image(systemName: listen.kind.systemImage).foregroundStyle(.tint).accessibilityLabel(listen.kind.title)
            VStack(alignment: .leading, spacing: 2) {
                listen.titleText
                if !by.isEmpty { Text(verbatim: by).font(.subheadline).foregroundStyle(.secondary) }
                Text(verbatim: when).font(.footnote).foregroundStyle(.secondary)
                Text(verbatim: listen.playedText).font(.footnote).foregroundStyle(.secondary)
                if !listen.counts {
                    Text("history_answer_counts_not").font(.footnote).foregroundStyle(.secondary)
                }
            }
            Spacer()
            if let thumb = listen.thumb {
                Image(systemName: thumb == .up ? "hand.thumbsup" : "hand.thumbsdown")
                    .accessibilityLabel(thumb == .up ? "history_thumb_up" : "history_thumb_down")
            }
        }
        .accessibilityElement(children: .combine)
    }

    private var by: String {
        listen.creators.isEmpty ? listen.show : listen.creators.joined(separator: ", ")
    }

    private var when: String { withDate ? Moments.dayAndTime(listen.startMs) : Moments.time(listen.startMs) }
}

/// history_day.
struct DayScreen: View {
    let persona: Persona
    let day: Day
    @State private var listens: PagedRows<Listen>

    init(persona: Persona, day: Day, listens: PagedRows<Listen>) {
        self.persona = persona
        self.day = day
        _listens = State(initialValue: listens)
    }

    var body: some View {
        PhasePane(
            phase: listens.phase, loading: "history_loading", locked: "history_locked_text",
            retry: { await listens.reload() }
        ) {
            List {
                PagedSection(list: listens, id: \.id) { listen in ListenLink(persona: persona, listen: listen) }
            }
        } empty: {
            EmptyPane("common_tab_history", text: "history_day_empty", systemImage: "clock")
        }
        .navigationTitle(Text(verbatim: Moments.day(day.date)))
        .smallTitle()
        .task { await listens.reload() }
        .accessibilityIdentifier("history_day")
    }
}
