// Podcasts and stations on the screen: the lists, adding one, a podcast's episodes, and an episode with notes and chapters.
import SwiftUI
import TekramCore
import TekramKit

/// What is being added.
private enum Adding: String, Identifiable {
    case feed, station
    var id: String { rawValue }
}

/// history_feed.
struct FeedsScreen: View {
    private let persona: Persona
    @State private var model: FeedsModel
    @State private var adding: Adding?
    /// The podcast that the person is asked about.
    @State private var leaving: Int64?
    @State private var asksToLeave = false
    @Environment(\.phone) private var phone

    init(persona: Persona) {
        self.persona = persona
        _model = State(initialValue: FeedsModel(persona: persona))
    }

    var body: some View {
        PhasePane(
            phase: model.phase, loading: "history_loading", locked: "history_locked_text",
            retry: { await model.load() }
        ) {
            list
        } empty: {
            EmptyPane("history_feed_title_ios", text: "history_feed_empty_ios", systemImage: "mic") {
                Button("history_feed_add_ios") { adding = .feed }
                Button("history_feed_add_station_ios") { adding = .station }
            }
        }
        .navigationTitle("history_feed_title_ios")
        .smallTitle()
        .toolbar {
            ToolbarItem(placement: .primaryAction) {
                Menu("common_add", systemImage: "plus") {
                    Button("history_feed_add_ios") { adding = .feed }
                    Button("history_feed_add_station_ios") { adding = .station }
                }
            }
        }
        .safeAreaInset(edge: .bottom) { MiniPlayer(persona: persona) }
        .sheet(item: $adding, onDismiss: { model.cleared() }) { adding in
            NavigationStack { AddScreen(model: model, adding: adding) { self.adding = nil } }
        }
        .task { await model.follow() }
        .accessibilityIdentifier("history_feed")
    }

    private var list: some View {
        List {
            Section("history_feed_title") {
                if model.isAsking {
                    HStack {
                        ProgressView()
                        Text(progress)
                        Spacer()
                        Button("common_cancel") { model.stop() }.buttonStyle(.borderless)
                    }
                } else {
                    Button("history_feed_refresh_a11y", systemImage: "arrow.clockwise") {
                        Task { await model.refresh() }
                    }
                    if let refreshed = model.refreshed {
                        Text(Words.plural("history_feed_new", refreshed.newEpisodes))
                        if refreshed.failed > 0 { Text(Words.plural("history_feed_failed_ios", refreshed.failed)) }
                    }
                }
                ProblemLine(problem: model.problem)
                ForEach(model.feeds, id: \.feed) { feed in
                    NavigationLink {
                        EpisodesScreen(persona: persona, feed: feed)
                    } label: {
                        FeedRow(feed: feed)
                    }
                    .swipeActions {
                        // Not destructive by itself: the row stays until the person has answered.
                        Button("history_feed_unfollow") { (leaving, asksToLeave) = (feed.feed, true) }
                    }
                }
            }
            Section("history_feed_stations_ios") {
                ForEach(model.stations, id: \.station) { station in
                    StationRow(station: station) { phone?.playback?.play(station: station.station, of: persona) }
                        .disabled(phone?.playback == nil)
                        .swipeActions {
                            Button("common_remove", role: .destructive) {
                                Task { await model.remove(station: station.station) }
                            }
                        }
                }
                ProblemLine(problem: phone?.playback?.problem)
            }
        }
        .refreshable { await model.refresh() }
        .confirmationDialog(
            "history_feed_unfollow", isPresented: $asksToLeave, titleVisibility: .visible, presenting: leaving
        ) { feed in
            Button("history_feed_unfollow", role: .destructive) { Task { await model.unfollow(feed) } }
            Button("common_cancel", role: .cancel) {}
        } message: { _ in
            Text("history_feed_unfollow_sure")
        }
    }

    private var progress: String {
        guard let asked = model.asked else { return Words.text("history_feed_asking") }
        return Words.text("history_feed_progress_ios", asked.done, asked.of)
    }
}

private struct FeedRow: View {
    let feed: Feed

    var body: some View {
        VStack(alignment: .leading, spacing: 2) {
            Text(verbatim: feed.title.isEmpty ? feed.address : feed.title)
            if !feed.author.isEmpty { Text(verbatim: feed.author).font(.subheadline).foregroundStyle(.secondary) }
            if feed.newEpisodes > 0 {
                Text(Words.plural("history_feed_new", feed.newEpisodes)).font(.footnote).foregroundStyle(.tint)
            }
            if feed.gone {
                Text("history_feed_gone").font(.footnote)
            } else if !feed.problem.isEmpty {
                Text(Problem(name: feed.problem).text).font(.footnote)
            }
        }
        .accessibilityElement(children: .combine)
    }
}

private struct StationRow: View {
    let station: Station
    let play: @MainActor () -> Void

    var body: some View {
        Button(action: play) {
            Label {
                VStack(alignment: .leading, spacing: 2) {
                    Text(verbatim: station.name)
                    if station.insecure {
                        Text("history_feed_insecure_ios").font(.footnote).foregroundStyle(.secondary)
                    }
                }
            } icon: {
                Image(systemName: "radio")
            }
        }
        .accessibilityElement(children: .combine)
    }
}

/// history_feed_add.
private struct AddScreen: View {
    @Bindable var model: FeedsModel
    let adding: Adding
    let done: @MainActor () -> Void

    var body: some View {
        Form {
            Section {
                if adding == .station { TextField("history_feed_name_ios", text: $model.name) }
                TextField(
                    adding == .feed ? "history_feed_address" : "history_feed_address_ios", text: $model.address
                )
                .field(.url).autocorrectionDisabled()
                Toggle(
                    adding == .feed ? "history_feed_private_ios" : "history_feed_allow_insecure_ios",
                    isOn: $model.isAllowed)
                ProblemLine(problem: model.problem)
            } footer: {
                Text(adding == .feed ? "history_feed_private_text_ios" : "history_feed_allow_insecure_text_ios")
            }
            Section {
                MainButton(
                    title: adding == .feed ? "history_feed_add_ios" : "history_feed_add_station_ios",
                    isBusy: model.isAsking
                ) {
                    Task {
                        let isAdded = adding == .feed ? await model.addFeed() : await model.addStation()
                        if isAdded { done() }
                    }
                }
                .disabled(model.address.isEmpty)
                Button("common_cancel", role: .cancel) { done() }
            }
        }
        .formStyle(.grouped)
        .navigationTitle(adding == .feed ? "history_feed_add_ios" : "history_feed_add_station_ios")
        .smallTitle()
        .accessibilityIdentifier("history_feed_add")
    }
}

/// history_feed_episodes.
struct EpisodesScreen: View {
    private let persona: Persona
    private let feed: Feed
    @State private var model: EpisodesModel

    init(persona: Persona, feed: Feed) {
        (self.persona, self.feed) = (persona, feed)
        _model = State(initialValue: EpisodesModel(persona: persona, feed: feed.feed))
    }

    var body: some View {
        PhasePane(
            phase: model.episodes.phase, loading: "history_loading", locked: "history_locked_text",
            retry: { await model.episodes.reload() }
        ) {
            List {
                PagedSection(list: model.episodes, id: \.episode) { episode in
                    NavigationLink {
                        EpisodeScreen(persona: persona, episode: episode.episode)
                    } label: {
                        EpisodeRow(episode: episode)
                    }
                }
            }
        } empty: {
            EmptyPane("history_feed_episodes_empty_title", text: "history_feed_episodes_empty_text", systemImage: "mic")
        }
        .navigationTitle(Text(verbatim: feed.title.isEmpty ? feed.address : feed.title))
        .smallTitle()
        .safeAreaInset(edge: .bottom) { MiniPlayer(persona: persona) }
        .task { await model.follow() }
        .accessibilityIdentifier("history_feed_episodes")
    }
}

private struct EpisodeRow: View {
    let episode: Episode

    var body: some View {
        VStack(alignment: .leading, spacing: 2) {
            if episode.title.isEmpty { Text("history_untitled") } else { Text(verbatim: episode.title) }
            if let published = episode.publishedMs {
                Text(verbatim: Moments.day(published)).font(.footnote).foregroundStyle(.secondary)
            }
            Text(verbatim: episode.heardText).font(.footnote).foregroundStyle(.secondary)
        }
        .accessibilityElement(children: .combine)
    }
}

extension Episode {
    /// How long it is and how much of it was heard, in words.
    var heardText: String {
        if heard.whole { return Words.text("history_feed_heard") }
        if heard.heardMs > 0 {
            guard let durationMs else { return Words.text("history_played", Durations.text(heard.heardMs)) }
            return Words.text("history_played_of", Durations.text(heard.heardMs), Durations.text(durationMs))
        }
        return durationMs.map { Durations.text($0) } ?? Words.text("history_feed_not_heard_ios")
    }
}

/// history_feed_episode.
struct EpisodeScreen: View {
    private let persona: Persona
    @State private var model: EpisodeModel
    @Environment(\.phone) private var phone

    init(persona: Persona, episode: Int64) {
        self.persona = persona
        _model = State(initialValue: EpisodeModel(persona: persona, episode: episode))
    }

    var body: some View {
        PhasePane(
            phase: model.phase, loading: "history_loading", locked: "history_locked_text",
            retry: { await model.load() }
        ) {
            if let detail = model.detail { list(detail) }
        } empty: {
            EmptyView()
        }
        .navigationTitle("history_feed_episode")
        .smallTitle()
        .safeAreaInset(edge: .bottom) { MiniPlayer(persona: persona) }
        .task { await model.follow() }
        .accessibilityIdentifier("history_feed_episode")
    }

    private func list(_ detail: EpisodeDetail) -> some View {
        List {
            Section {
                Text(verbatim: detail.episode.title).font(.title2)
                Text(verbatim: detail.show)
                if !detail.episode.author.isEmpty { Text(verbatim: detail.episode.author) }
                Text(verbatim: detail.episode.heardText).font(.footnote).foregroundStyle(.secondary)
                HeardBar(episode: detail.episode)
                if detail.episode.enclosureUrl.isEmpty {
                    Text("history_feed_nothing_ios")
                } else if let playback = phone?.playback {
                    MainButton(title: playTitle(detail.episode), isBusy: false) {
                        Task { await playback.play(episode: detail.episode.episode, of: persona) }
                    }
                    ProblemLine(problem: playback.problem)
                } else {
                    Text("history_feed_no_player_ios")
                }
            }
            chapters(detail.episode.episode)
            if !detail.notes.isEmpty {
                Section("history_feed_notes") { Text(verbatim: detail.notes).textSelection(.enabled) }
            }
        }
    }

    private func playTitle(_ episode: Episode) -> LocalizedStringKey {
        episode.heard.resumeMs > 0 ? "history_feed_resume_ios" : "history_feed_play_ios"
    }

    @ViewBuilder private func chapters(_ episode: Int64) -> some View {
        if let chapters = model.chapters {
            if chapters.source == .fileNotFetched {
                Section("history_feed_chapters") {
                    Button(model.isFetching ? "common_loading" : "history_feed_chapters_fetch") {
                        Task { await model.fetchChapters() }
                    }
                    .disabled(model.isFetching)
                    ProblemLine(problem: model.problem)
                }
            } else if !chapters.chapters.isEmpty {
                Section("history_feed_chapters") {
                    ChapterRows(chapters: chapters, persona: persona, episode: episode)
                }
            }
        }
    }
}

/// The chapters that stand in the table of contents; a tap plays from there.
struct ChapterRows: View {
    let chapters: Chapters
    let persona: Persona
    let episode: Int64
    @Environment(\.phone) private var phone

    var body: some View {
        ForEach(chapters.chapters.filter(\.inContents), id: \.startMs) { chapter in
            Button {
                guard let playback = phone?.playback else { return }
                Task { await playback.play(episode: episode, of: persona, atMs: chapter.startMs) }
            } label: {
                LabeledContent(chapter.title, value: Durations.position(chapter.startMs))
            }
            .disabled(phone?.playback == nil)
        }
    }
}

/// Which stretches of an episode were heard; the words beside it say how much.
private struct HeardBar: View {
    let episode: Episode

    var body: some View {
        if let lengthMs = episode.durationMs, lengthMs > 0, !episode.heard.ranges.isEmpty {
            Canvas { context, size in
                context.fill(
                    Path(CGRect(x: 0, y: 0, width: size.width, height: size.height)), with: .color(.gray.opacity(0.2)))
                for range in episode.heard.ranges {
                    let from = size.width * CGFloat(range.fromMs) / CGFloat(lengthMs)
                    let to = size.width * CGFloat(range.toMs) / CGFloat(lengthMs)
                    let part = CGRect(x: from, y: 0, width: max(1, to - from), height: size.height)
                    context.fill(Path(part), with: .style(.tint))
                }
            }
            .frame(height: 8)
            .clipShape(Capsule())
            .flipsForRightToLeftLayoutDirection(true)
            .accessibilityHidden(true)
        }
    }
}
