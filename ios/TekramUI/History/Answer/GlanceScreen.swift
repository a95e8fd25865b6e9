// A month, a year or everything at a glance, and the ways on from there: to the long lists, to the page of whatever is
// named, and to what was on at a moment.
import SwiftUI
import TekramCore
import TekramKit

extension GlanceScope {
    var title: LocalizedStringKey {
        switch self {
        case .month: "history_answer_month"
        case .year: "history_answer_year"
        case .everything: "history_answer_all_time"
        }
    }
}

extension What {
    /// Several of them.
    var title: LocalizedStringKey {
        switch self {
        case .work: "history_answer_works"
        case .creator: "history_answer_creators"
        case .show: "history_answer_shows"
        case .publisher: "history_answer_publishers"
        case .source: "history_answer_sources"
        }
    }

    /// All of them.
    var allTitle: LocalizedStringKey {
        switch self {
        case .work: "history_answer_all_work"
        case .creator: "history_answer_all_creator"
        case .show: "history_answer_all_show"
        case .publisher: "history_answer_all_publisher"
        case .source: "history_answer_sources"
        }
    }
}

/// By time or by plays.
struct MeasurePicker: View {
    @Binding var measure: Measure

    var body: some View {
        Picker("history_answer_measure_ios", selection: $measure) {
            Text("history_answer_by_time_ios").tag(Measure.time)
            Text("history_answer_by_plays_ios").tag(Measure.plays)
        }
    }
}

/// history_glance.
struct GlanceScreen: View {
    private let persona: Persona
    @State private var model: GlanceModel

    init(persona: Persona) {
        self.persona = persona
        _model = State(initialValue: GlanceModel(persona: persona))
    }

    var body: some View {
        VStack(spacing: 0) {
            Picker("history_answer_span_ios", selection: $model.scope) {
                ForEach(GlanceScope.allCases, id: \.self) { scope in Text(scope.title).tag(scope) }
            }
            .pickerStyle(.segmented)
            .padding()
            PhasePane(
                phase: model.phase, loading: "history_loading", locked: "history_locked_text",
                retry: { await model.load() }
            ) {
                if let glance = model.glance { list(glance) }
            } empty: {
                EmptyPane("history_empty_title", text: "history_answer_nothing", systemImage: "chart.bar")
            }
        }
        .navigationTitle("history_answer_title")
        .smallTitle()
        .task(id: model.question) { await model.follow() }
        .accessibilityIdentifier("history_glance")
    }

    private func list(_ glance: Glance) -> some View {
        List {
            Section {
                if let period = model.period { steps(period) }
                MeasurePicker(measure: $model.measure)
            }
            Section { Totals(glance: glance) }
            if let bars = model.bars {
                Section(model.scope == .month ? "history_answer_by_day" : "history_answer_by_month") {
                    BarsChart(bars: bars, measure: model.measure, label: barsLabel)
                    NavigationLink("history_answer_numbers_ios") {
                        BarsList(bars: bars, measure: model.measure, title: barsLabel)
                    }
                }
            }
            if let week = model.week {
                Section("history_answer_by_hour") { WeekChart(week: week, measure: model.measure) }
            }
            ranks(glance.works, .work)
            ranks(glance.creators, .creator)
            ranks(glance.shows, .show)
            Section("history_answer_sources") {
                SharesChart(ranks: glance.sources)
                ForEach(glance.sources, id: \.name) { source in
                    RankLink(persona: persona, ranked: source, what: .source, measure: model.measure)
                }
            }
            Section { StreakRows(streaks: glance.streaks) }
            Section { ways(glance) }
        }
        .refreshable { await model.load() }
    }

    private var barsLabel: LocalizedStringKey {
        model.scope == .month ? "history_answer_by_day" : "history_answer_by_month"
    }

    private func steps(_ period: PeriodAmount) -> some View {
        HStack {
            Button {
                Task { await model.earlier() }
            } label: {
                Image(systemName: "chevron.backward").frame(minWidth: 44, minHeight: 44)
            }
            .disabled(!model.hasEarlier)
            .accessibilityLabel("history_answer_before_ios")
            Spacer()
            Text(verbatim: Moments.period(period.period)).font(.headline)
            Spacer()
            Button {
                Task { await model.later() }
            } label: {
                Image(systemName: "chevron.forward").frame(minWidth: 44, minHeight: 44)
            }
            .disabled(!model.hasLater)
            .accessibilityLabel("history_answer_after_ios")
        }
        .buttonStyle(.borderless)
    }

    @ViewBuilder private func ranks(_ ranks: [Ranked], _ what: What) -> some View {
        if !ranks.isEmpty {
            Section(what.title) {
                ForEach(ranks, id: \.id) { ranked in
                    RankLink(persona: persona, ranked: ranked, what: what, measure: model.measure)
                }
                NavigationLink(what.allTitle) {
                    TopScreen(persona: persona, what: what, span: model.span, measure: model.measure)
                }
            }
        }
    }

    @ViewBuilder private func ways(_ glance: Glance) -> some View {
        NavigationLink {
            KnownListScreen(persona: persona, question: .new(span: model.span))
        } label: {
            VStack(alignment: .leading, spacing: 2) {
                Label("history_answer_new_all", systemImage: "sparkles")
                Text(Words.text("history_answer_of_them_new", glance.new.works.formatted()))
                    .font(.footnote).foregroundStyle(.secondary)
            }
        }
        NavigationLink {
            KnownListScreen(persona: persona, question: .forgotten(months: 6, leastPlays: 5))
        } label: {
            Label("history_answer_forgotten", systemImage: "moon.zzz")
        }
        NavigationLink {
            AroundScreen(persona: persona)
        } label: {
            Label("history_answer_when_title", systemImage: "clock.arrow.circlepath")
        }
    }
}

/// How much in all.
private struct Totals: View {
    let glance: Glance

    var body: some View {
        Text(Words.text("history_played", Durations.text(glance.total.playedMs))).font(.title2)
        Text(Words.plural("history_plays", glance.total.plays))
        LabeledContent("history_answer_works", value: glance.different.works.formatted())
        LabeledContent("history_answer_creators", value: glance.different.creators.formatted())
        LabeledContent("history_answer_shows", value: glance.different.shows.formatted())
        if let day = glance.busiestDay {
            Text(Words.text("history_answer_busiest", Moments.day(day.date), Measure.time.text(day.amount)))
        }
        if glance.total.estimatedMs > 0 { Text("history_estimated").font(.footnote).foregroundStyle(.secondary) }
    }
}

/// Days in a row.
private struct StreakRows: View {
    let streaks: Streaks

    var body: some View {
        Text(Words.plural("history_answer_days_heard", streaks.daysHeard))
        if let longest = streaks.longest {
            Text(
                Words.plural(
                    "history_answer_longest", longest.days, Moments.day(longest.firstDate),
                    Moments.day(longest.lastDate)))
        }
        if let current = streaks.current { Text(Words.plural("history_answer_current", current.days)) }
    }
}
