// One listen answers six questions: what was it, who made it, who published it, when and where was it heard, how often
// before, and what joins the person to its makers.
import SwiftUI
import TekramCore
import TekramKit

/// history_item.
struct ItemScreen: View {
    private let persona: Persona
    @State private var model: ItemModel

    init(persona: Persona, id: Int64) {
        self.persona = persona
        _model = State(initialValue: ItemModel(persona: persona, id: id))
    }

    var body: some View {
        PhasePane(
            phase: model.phase, loading: "history_loading", locked: "history_locked_text",
            retry: { await model.load() }
        ) {
            if let detail = model.detail {
                List {
                    What(detail: detail, model: model)
                    Section("history_q_who") { made(detail.listen.creators) }
                    Section("history_q_published") { published(detail.listen.publisher) }
                    Section("history_q_heard") { heard(detail.listen) }
                    Section("history_q_before") { before(detail) }
                    Section("history_q_relation") { Relations(persona: persona, detail: detail) }
                    Section("history_evidence") {
                        ForEach(detail.toldBy, id: \.batch) { told in Evidence(told: told) }
                    }
                    Section {
                        NavigationLink {
                            EditScreen(persona: persona, id: detail.listen.id)
                        } label: {
                            Label("history_edit_title", systemImage: "pencil")
                        }
                    }
                }
            }
        } empty: {
            EmptyView()
        }
        .navigationTitle("history_item_title")
        .smallTitle()
        .task { await model.follow() }
        .accessibilityIdentifier("history_item")
    }

    private func made(_ creators: [String]) -> Text {
        creators.isEmpty ? Text("history_who_unknown") : Text(verbatim: creators.joined(separator: ", "))
    }

    private func published(_ publisher: String) -> Text {
        publisher.isEmpty ? Text("history_published_unknown") : Text(verbatim: publisher)
    }

    @ViewBuilder private func heard(_ listen: Listen) -> some View {
        let moment = Moments.dayAndTime(listen.startMs)
        Text(
            verbatim: listen.source.isEmpty ? moment : Words.text("history_heard_in", moment, sourceName(listen.source))
        )
        let on = [listen.player, listen.device].filter { !$0.isEmpty }
        if !on.isEmpty { Text(Words.text("history_heard_on", on.joined(separator: ", "))) }
    }

    @ViewBuilder private func before(_ detail: ListenDetail) -> some View {
        if detail.playsBefore == 0 {
            Text("history_before_first")
        } else {
            Text(Words.plural("history_before", detail.playsBefore))
            if let first = detail.firstMs { Text(Words.text("history_first_time", Moments.day(first))) }
        }
        if detail.totalPlayedMs > 0 { Text(Words.text("history_played", Durations.text(detail.totalPlayedMs))) }
    }
}

private struct What: View {
    let detail: ListenDetail
    let model: ItemModel

    var body: some View {
        Section {
            detail.listen.titleText.font(.title2)
            if !detail.listen.show.isEmpty { Text(verbatim: detail.listen.show) }
            Label(detail.listen.kind.title, systemImage: detail.listen.kind.systemImage)
            Text(verbatim: detail.listen.playedText)
            if detail.listen.hidden { Label(presenceText(of: detail), systemImage: "eye.slash") }
            if !detail.listen.note.isEmpty { Text(verbatim: detail.listen.note) }
            if !detail.listen.tags.isEmpty {
                Label(detail.listen.tags.joined(separator: ", "), systemImage: "tag")
            }
            if let title = detail.original?.title { SourceSaid(text: title) }
            if let rule = model.rule {
                VStack(alignment: .leading, spacing: 2) {
                    Text("history_answer_counts_not")
                    Text(rule.text).font(.footnote).foregroundStyle(.secondary)
                }
                .accessibilityElement(children: .combine)
            }
            HStack(spacing: Theme.near) {
                rating(.up, "hand.thumbsup", "history_thumb_up_a11y")
                rating(.down, "hand.thumbsdown", "history_thumb_down_a11y")
            }
            ProblemLine(problem: model.problem)
        } header: {
            Text("history_q_what")
        } footer: {
            Text("history_thumb_note")
        }
    }

    private func rating(_ thumb: Thumb, _ image: String, _ label: LocalizedStringKey) -> some View {
        let isOn = model.thumb == thumb
        return Button {
            model.rate(thumb)
        } label: {
            Image(systemName: isOn ? image + ".fill" : image).font(.title2).frame(minWidth: 44, minHeight: 44)
        }
        .buttonStyle(.borderless)
        .accessibilityLabel(isOn ? "history_thumb_none_a11y" : label)
        .accessibilityAddTraits(isOn ? .isSelected : [])
    }
}

private struct Relations: View {
    let persona: Persona
    let detail: ListenDetail

    var body: some View {
        if !detail.creditName.isEmpty { Text(verbatim: detail.creditName) }
        if detail.subscribed { Text("history_relation_subscribed") }
        if detail.payees.isEmpty { Text("history_relation_none") }
        ForEach(detail.payees, id: \.payee) { payee in
            VStack(alignment: .leading, spacing: 2) {
                Text(verbatim: payee.name)
                Text(payee.party == nil ? "history_relation_payee" : "history_relation_agreed")
                    .font(.subheadline).foregroundStyle(.secondary)
            }
            .accessibilityElement(children: .combine)
            if let party = payee.party {
                NavigationLink("history_relation_open") { PartyScreen(persona: persona, party: party) }
            }
        }
    }
}

private struct Evidence: View {
    let told: ToldBy

    var body: some View {
        VStack(alignment: .leading, spacing: 2) {
            if told.format == "capture" {
                Text("history_evidence_captured")
            } else {
                Text(Words.text("history_evidence_import", Moments.day(told.importedMs)))
                Text(verbatim: sourceName(told.format.components(separatedBy: "_")[0]))
                    .font(.footnote).foregroundStyle(.secondary)
                Text(verbatim: told.fileName).font(.footnote).foregroundStyle(.secondary)
                if let record = told.record { Text(Words.text("history_evidence_record", record)).font(.footnote) }
            }
        }
        .accessibilityElement(children: .combine)
    }
}
