// One party: the r-button large, what each half means, where the two sides differ, and everything that was proposed or
// agreed.
import SwiftUI
import TekramCore
import TekramKit

/// relations_party.
struct PartyScreen: View {
    private let persona: Persona
    private let party: String
    @State private var model: PartyModel

    init(persona: Persona, party: String) {
        self.persona = persona
        self.party = party
        _model = State(initialValue: PartyModel(persona: persona, party: party))
    }

    var body: some View {
        PhasePane(
            phase: model.phase, loading: "relations_loading", offline: "relations_offline_text",
            locked: "relations_locked_text", retry: { model.load() }
        ) {
            if let detail = model.detail { content(detail) }
        } empty: {
            EmptyPane("relations_title", text: "relations_party_gone", systemImage: "person.2")
        }
        .navigationTitle(model.detail?.relation.nameText ?? Words.text("relations_title"))
        .smallTitle()
        .task { await model.follow() }
        .accessibilityIdentifier("relations_party")
    }

    private func content(_ detail: RelationDetail) -> some View {
        List {
            let relation = detail.relation
            Section {
                RButton(mine: relation.mine, theirs: relation.theirs, height: 72).frame(maxWidth: .infinity)
                half("relations_mine", relation.mine, relation.mine.mineText)
                half("relations_theirs", relation.theirs, relation.theirs.theirsText)
            } footer: {
                VStack(alignment: .leading) {
                    Text(LocalizedStringKey(relation.nameNoteKey))
                    Text(Words.text("relations_since", Moments.day(relation.sinceMs)))
                }
            }
            if !relation.differs.isEmpty { DiffersSection(relation: relation) }
            Section("relations_agreements_title") {
                if detail.agreements.isEmpty { Text("relations_agreement_none") }
                ForEach(detail.agreements, id: \.record) { agreement in
                    NavigationLink {
                        AgreementScreen(persona: persona, party: party, record: agreement.record)
                    } label: {
                        AgreementRow(agreement: agreement)
                    }
                }
            }
        }
    }

    private func half(_ key: String, _ state: RelationState, _ meaning: String) -> some View {
        VStack(alignment: .leading, spacing: 2) {
            Text(Words.text("relations_side", Words.text(key), state.text)).font(.headline)
            Text(verbatim: meaning)
        }
        .accessibilityElement(children: .combine)
    }
}

/// The points on which the two sides do not say the same.
private struct DiffersSection: View {
    let relation: Relation

    var body: some View {
        Section {
            only("relations_differs_mine", relation.differing(mine: true))
            only("relations_differs_theirs", relation.differing(mine: false))
        } header: {
            Text("relations_differs")
        } footer: {
            Text("relations_differs_text")
        }
    }

    @ViewBuilder private func only(_ heading: LocalizedStringKey, _ clauses: [Clause]) -> some View {
        if !clauses.isEmpty {
            Text(heading).font(.headline).accessibilityAddTraits(.isHeader)
            ForEach(clauses, id: \.self) { clause in
                Text(Words.text("relations_differs_clause", Words.text(clause.rule.wordKey), TermsWords.text(clause)))
            }
        }
    }
}

private struct AgreementRow: View {
    let agreement: Agreement

    var body: some View {
        VStack(alignment: .leading, spacing: 2) {
            Text(verbatim: agreement.titleText)
            Text(
                Words.text(
                    "relations_agreement_row", Words.text(agreement.statusKey),
                    Moments.day(agreement.decidedMs ?? agreement.proposedMs))
            )
            .font(.subheadline)
            .foregroundStyle(.secondary)
        }
        .accessibilityElement(children: .combine)
    }
}
