// The page of a work, creator, show, publisher or source.
import SwiftUI
import TekramCore
import TekramKit

/// history_about.
struct AboutHeardScreen: View {
    private let persona: Persona
    private let title: String
    @State private var model: AboutHeardModel

    /// `title` is what it is called until the core has said it.
    init(persona: Persona, what: AboutWhat, title: String) {
        (self.persona, self.title) = (persona, title)
        _model = State(initialValue: AboutHeardModel(persona: persona, what: what))
    }

    var body: some View {
        PhasePane(
            phase: model.phase, loading: "history_loading", locked: "history_locked_text",
            retry: { await model.load() }
        ) {
            if let about = model.about { list(about) }
        } empty: {
            EmptyPane("common_tab_history", text: "history_answer_gone", systemImage: "clock")
        }
        .navigationTitle(Text(verbatim: title))
        .smallTitle()
        .task(id: model.measure) { await model.follow() }
        .accessibilityIdentifier("history_about")
    }

    private func list(_ about: About) -> some View {
        List {
            Section {
                Text(verbatim: title).font(.title2)
                if !about.maker.isEmpty { Text(verbatim: about.maker) }
                Text(Words.text("history_played", Durations.text(about.amount.playedMs)))
                Text(Words.plural("history_plays", about.amount.plays))
                Text(Words.text("history_first_time", Moments.day(about.firstDate)))
                Text(Words.text("history_answer_last", Moments.day(about.lastDate)))
                if about.amount.estimatedMs > 0 {
                    Text("history_estimated").font(.footnote).foregroundStyle(.secondary)
                }
            }
            if let bars = model.bars, !bars.bars.isEmpty {
                Section("history_answer_by_month") {
                    MeasurePicker(measure: $model.measure)
                    BarsChart(bars: bars, measure: model.measure, label: "history_answer_by_month")
                    NavigationLink("history_answer_numbers_ios") {
                        BarsList(bars: bars, measure: model.measure, title: "history_answer_by_month")
                    }
                }
            }
            if !about.works.isEmpty {
                Section("history_answer_works") {
                    ForEach(about.works, id: \.id) { work in
                        RankLink(persona: persona, ranked: work, what: .work, measure: model.measure)
                    }
                }
            }
            Section("history_answer_listens") {
                PagedSection(list: model.listens, id: \.id) { listen in
                    ListenLink(persona: persona, listen: listen, withDate: true)
                }
            }
        }
    }
}
