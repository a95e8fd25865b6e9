// History: the days with their hours by source, and the search over everything. From here the person opens a day, a
// listen, and the list of everything else that the room offers.
import SwiftUI
import TekramCore
import TekramKit

/// The room of one open profile; history_days and history_search.
struct HistoryRoom: View {
    let app: AppModel
    let persona: Persona
    @State private var model: HistoryModel

    init(app: AppModel, persona: Persona) {
        self.app = app
        self.persona = persona
        _model = State(initialValue: HistoryModel(persona: persona))
    }

    var body: some View {
        content
            .searchable(text: $model.text, prompt: Text("history_search_hint"))
            .toolbar {
                ToolbarItem(placement: .primaryAction) { narrowing }
                ToolbarItem(placement: .primaryAction) {
                    NavigationLink {
                        GlanceScreen(persona: persona)
                    } label: {
                        Label("history_answer_title", systemImage: "chart.bar")
                    }
                }
                ToolbarItem(placement: .primaryAction) {
                    NavigationLink {
                        FeedsScreen(persona: persona)
                    } label: {
                        Label("history_feed_title_ios", systemImage: "play.circle")
                    }
                }
                ToolbarItem(placement: .primaryAction) {
                    NavigationLink {
                        HistoryMoreScreen(app: app, persona: persona)
                    } label: {
                        Label("history_more_title", systemImage: "ellipsis.circle")
                    }
                }
            }
            .safeAreaInset(edge: .bottom) { MiniPlayer(persona: persona) }
            .task { await model.load() }
            .task { await model.follow() }
            .task(id: model.search) { await model.find() }
            .accessibilityIdentifier(model.isSearching ? "history_search" : "history_days")
    }

    /// What the search is narrowed to; without words it lists what is left.
    private var narrowing: some View {
        Menu {
            Picker("history_filter_kind", selection: $model.kind) {
                Text("history_filter_all").tag(ListenKind?.none)
                ForEach(ListenKind.all, id: \.self) { kind in Text(kind.title).tag(ListenKind?.some(kind)) }
            }
            Picker("history_filter_source", selection: $model.source) {
                Text("history_filter_all").tag(String?.none)
                ForEach(model.sources, id: \.self) { source in
                    Text(verbatim: sourceName(source)).tag(String?.some(source))
                }
            }
        } label: {
            Label("history_filter_a11y", systemImage: "line.3.horizontal.decrease.circle")
        }
    }

    @ViewBuilder private var content: some View {
        if model.isSearching {
            SearchResult(persona: persona, model: model)
        } else {
            PhasePane(
                phase: model.days.phase, loading: "history_loading", offline: "history_offline_text",
                locked: "history_locked_text", retry: { await model.load() }
            ) {
                List {
                    PagedSection(list: model.days, id: \.date) { day in
                        NavigationLink {
                            DayScreen(persona: persona, day: day, listens: model.listens(of: day))
                        } label: {
                            DayRow(day: day, sources: model.sources)
                        }
                    }
                }
                .refreshable { await model.load() }
            } empty: {
                EmptyPane("history_empty_title", text: "history_empty_text", systemImage: "clock") {
                    NavigationLink("history_import") { ImportScreen(persona: persona) }
                }
            }
        }
    }
}

/// What the search finds.
private struct SearchResult: View {
    let persona: Persona
    let model: HistoryModel

    var body: some View {
        PhasePane(
            phase: model.found.phase, loading: "history_loading", locked: "history_locked_text",
            retry: { await model.find() }
        ) {
            List {
                if let typed = model.typed { TypedSections(persona: persona, typed: typed, text: model.text) }
                Section("history_answer_listens") {
                    PagedSection(list: model.found, id: \.id) { listen in
                        ListenLink(persona: persona, listen: listen, withDate: true)
                    }
                }
            }
        } empty: {
            ContentUnavailableView {
                Label(Words.text("history_search_none", model.text), systemImage: "magnifyingglass")
            }
            .accessibilityIdentifier("pane_empty")
        }
    }
}

/// A day: how long was played and from where, as a bar and in words.
private struct DayRow: View {
    let day: Day
    /// All sources of the log, in the order of their colours.
    let sources: [String]

    var body: some View {
        VStack(alignment: .leading, spacing: Theme.near) {
            Text(verbatim: Moments.day(day.date)).font(.headline)
            if day.playedMs > 0 {
                Text(Words.text("history_day_total", Durations.text(day.playedMs))).foregroundStyle(.secondary)
            } else {
                Text(Words.plural("history_plays", day.plays)).foregroundStyle(.secondary)
            }
            SourceBar(parts: day.sources, sources: sources)
            ForEach(day.sources, id: \.source) { source in
                Label {
                    sourceShare(source)
                } icon: {
                    Image(systemName: "circle.fill").foregroundStyle(color(of: source.source, among: sources))
                        .accessibilityHidden(true)
                }
                .font(.caption)
            }
            if day.estimatedMs > 0 { Text("history_estimated").font(.caption2) }
        }
        .accessibilityElement(children: .combine)
    }

    private func sourceShare(_ hours: SourceHours) -> Text {
        let name = sourceName(hours.source)
        let amount = hours.playedMs > 0 ? Durations.text(hours.playedMs) : Words.plural("history_plays", hours.plays)
        return Text(Words.text("history_source_share", name, amount))
    }
}

/// The parts of a day side by side; the words below say the same.
private struct SourceBar: View {
    let parts: [SourceHours]
    let sources: [String]

    var body: some View {
        Canvas { context, size in
            let total = CGFloat(parts.reduce(0) { $0 + $1.playedMs })
            guard total > 0 else { return }
            var x = CGFloat(0)
            for source in parts {
                let width = size.width * CGFloat(source.playedMs) / total
                let part = Path(CGRect(x: x, y: 0, width: width, height: size.height))
                context.fill(part, with: .color(color(of: source.source, among: sources)))
                x += width
            }
        }
        .frame(height: 10)
        .clipShape(Capsule())
        .accessibilityHidden(true)
    }
}

/// A source keeps its colour from day to day: that of its place among all. One that was not there a moment ago comes last.
private func color(of source: String, among sources: [String]) -> Color {
    Theme.share(sources.firstIndex(of: source) ?? sources.count)
}

/// What a source is called on the screen: the core names services by a stable name, players by their own.
func sourceName(_ source: String) -> String {
    if source.isEmpty { return Words.text("history_source_unnamed") }
    let key = "history_format_\(source)"
    return Words.has(key) ? Words.text(key) : source
}
