// The long lists behind a glance: what was heard most, what was new, what was forgotten; and what was on at a moment.
import SwiftUI
import TekramCore
import TekramKit

/// A rank, which opens the page of what it ranks.
struct RankLink: View {
    let persona: Persona
    let ranked: Ranked
    let what: What
    let measure: Measure

    var body: some View {
        NavigationLink {
            AboutHeardScreen(
                persona: persona, what: what == .source ? .source(ranked.name) : .known(ranked.id), title: name)
        } label: {
            HStack(spacing: Theme.near) {
                Text(verbatim: "\(ranked.rank)").monospacedDigit().foregroundStyle(.secondary)
                VStack(alignment: .leading, spacing: 2) {
                    Text(verbatim: name)
                    if !ranked.maker.isEmpty {
                        Text(verbatim: ranked.maker).font(.subheadline).foregroundStyle(.secondary)
                    }
                    Text(Words.text("history_source_share", measure.text(ranked.amount), ranked.share))
                        .font(.footnote).foregroundStyle(.secondary)
                }
            }
            .accessibilityElement(children: .combine)
        }
    }

    private var name: String {
        if what == .source { return sourceName(ranked.name) }
        return ranked.name.isEmpty ? Words.text("history_untitled") : ranked.name
    }
}

/// history_top.
struct TopScreen: View {
    private let persona: Persona
    @State private var model: TopModel

    init(persona: Persona, what: What, span: String, measure: Measure) {
        self.persona = persona
        _model = State(initialValue: TopModel(persona: persona, what: what, span: span, measure: measure))
    }

    var body: some View {
        PhasePane(
            phase: model.ranks.phase, loading: "history_loading", locked: "history_locked_text",
            retry: { await model.ranks.reload() }
        ) {
            List {
                Section { MeasurePicker(measure: $model.measure) }
                PagedSection(list: model.ranks, id: \.id) { ranked in
                    RankLink(persona: persona, ranked: ranked, what: model.what, measure: model.measure)
                }
            }
        } empty: {
            EmptyPane(model.what.title, text: "history_answer_nothing", systemImage: "chart.bar")
        }
        .navigationTitle(model.what.title)
        .smallTitle()
        .task(id: model.measure) { await model.ranks.reload() }
        .accessibilityIdentifier("history_glance_top")
    }
}

/// Something known, which opens its page.
struct KnownLink: View {
    let persona: Persona
    let known: Known

    var body: some View {
        NavigationLink {
            AboutHeardScreen(persona: persona, what: .known(known.id), title: name)
        } label: {
            VStack(alignment: .leading, spacing: 2) {
                Text(verbatim: name)
                if !known.maker.isEmpty {
                    Text(verbatim: known.maker).font(.subheadline).foregroundStyle(.secondary)
                }
                Text(Words.plural("history_plays", known.amount.plays)).font(.footnote).foregroundStyle(.secondary)
                Text(Words.text("history_answer_last", Moments.day(known.lastMs)))
                    .font(.footnote).foregroundStyle(.secondary)
            }
            .accessibilityElement(children: .combine)
        }
    }

    private var name: String { known.name.isEmpty ? Words.text("history_untitled") : known.name }
}

/// history_new and history_forgotten.
struct KnownListScreen: View {
    private let persona: Persona
    @State private var model: KnownListModel

    init(persona: Persona, question: KnownQuestion) {
        self.persona = persona
        _model = State(initialValue: KnownListModel(persona: persona, question: question))
    }

    var body: some View {
        VStack(spacing: 0) {
            Picker("history_answer_what_ios", selection: $model.what) {
                ForEach(KnownListModel.kinds, id: \.self) { what in Text(what.title).tag(what) }
            }
            .padding()
            PhasePane(
                phase: model.entries.phase, loading: "history_loading", locked: "history_locked_text",
                retry: { await model.entries.reload() }
            ) {
                List {
                    Section {
                        PagedSection(list: model.entries, id: \.id) { known in
                            KnownLink(persona: persona, known: known)
                        }
                    } header: {
                        Text(header).textCase(nil)
                    }
                }
            } empty: {
                EmptyPane(title, text: "history_answer_none_ios", systemImage: "magnifyingglass")
            }
        }
        .navigationTitle(title)
        .smallTitle()
        .task(id: model.what) { await model.entries.reload() }
        .accessibilityIdentifier(isNew ? "history_glance_new" : "history_glance_forgotten")
    }

    private var isNew: Bool { if case .new = model.question { true } else { false } }

    private var title: LocalizedStringKey { isNew ? "history_answer_new" : "history_answer_forgotten" }

    private var header: String {
        switch model.question {
        case .new(let span):
            Words.text(
                "history_answer_list_title", Words.text("history_answer_new"),
                span == GlanceModel.everything ? Words.text("history_answer_all_time") : Moments.period(span))
        case .forgotten(let months, let leastPlays):
            Words.text("history_answer_forgotten_text_ios", leastPlays, months)
        }
    }
}

/// history_around.
struct AroundScreen: View {
    private let persona: Persona
    @State private var model: AroundModel

    init(persona: Persona) {
        self.persona = persona
        _model = State(initialValue: AroundModel(persona: persona))
    }

    var body: some View {
        VStack(spacing: 0) {
            DatePicker("history_answer_moment_ios", selection: $model.moment, in: ...Date.now).padding()
            PhasePane(
                phase: model.phase, loading: "history_loading", locked: "history_locked_text",
                retry: { await model.load() }
            ) {
                if let around = model.around {
                    List {
                        if around.playing.isEmpty {
                            Section { Text("history_answer_playing_none") }
                        } else {
                            Section("history_answer_playing") { listens(around.playing) }
                        }
                        if !around.before.isEmpty {
                            Section("history_answer_just_before") { listens(around.before) }
                        }
                        if !around.after.isEmpty { Section("history_answer_just_after") { listens(around.after) } }
                    }
                }
            } empty: {
                EmptyPane("history_answer_when_title", text: "history_answer_playing_none", systemImage: "clock")
            }
        }
        .navigationTitle("history_answer_when_title")
        .smallTitle()
        .task(id: model.moment) { await model.load() }
        .accessibilityIdentifier("history_glance_around")
    }

    private func listens(_ listens: [Listen]) -> some View {
        ForEach(listens, id: \.id) { ListenLink(persona: persona, listen: $0, withDate: true) }
    }
}
