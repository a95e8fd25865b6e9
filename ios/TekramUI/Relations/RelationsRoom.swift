// Relations: everybody that this profile has to do with, each with the r-button, the name and the same in words.
import SwiftUI
import TekramCore
import TekramKit

/// The room of one open profile; relations_list.
struct RelationsRoom: View {
    private let persona: Persona
    @State private var model: RelationsModel
    @Environment(\.phone) private var phone

    init(app: AppModel, persona: Persona) {
        self.persona = persona
        _model = State(initialValue: RelationsModel(persona: persona))
    }

    var body: some View {
        PhasePane(
            phase: model.phase, loading: "relations_loading", offline: "relations_offline_text",
            locked: "relations_locked_text", retry: { model.load() }
        ) {
            List {
                storeCard
                ForEach(model.relations, id: \.party) { relation in
                    NavigationLink {
                        PartyScreen(persona: persona, party: relation.party)
                    } label: {
                        RelationRow(relation: relation)
                    }
                }
            }
            .refreshable { await model.load() }
        } empty: {
            EmptyPane("relations_empty_title", text: "relations_empty_text", systemImage: "person.2") {
                cardButton
            }
        }
        .task { await model.follow() }
        .accessibilityIdentifier("relations_list")
    }

    @ViewBuilder private var storeCard: some View {
        if reader != nil {
            Section {
                cardButton
            } footer: {
                Text("relations_store_card_text")
            }
        }
    }

    /// Reads a card and goes on in Want: a store is nobody's relation before an offer of it was accepted.
    @ViewBuilder private var cardButton: some View {
        if let reader {
            Button("want_store_card", systemImage: "wave.3.right") {
                Task {
                    let card = reader.canReadStoreCards ? await reader.readStoreCard() : await reader.scan()
                    if let card { reader.asks.put(.storeCard(card)) }
                }
            }
        }
    }

    /// The phone, where it can read a card's chip or its printed code.
    private var reader: (any Phone)? {
        guard let phone, phone.canReadStoreCards || phone.canScan else { return nil }
        return phone
    }
}

private struct RelationRow: View {
    let relation: Relation

    var body: some View {
        HStack(spacing: Theme.far) {
            RButton(mine: relation.mine, theirs: relation.theirs)
            VStack(alignment: .leading, spacing: 2) {
                Text(verbatim: relation.nameText).font(.headline)
                Group {
                    Text(side("relations_mine", relation.mine))
                    Text(side("relations_theirs", relation.theirs))
                    if relation.agreements > 0 { Text(Words.plural("relations_agreements", relation.agreements)) }
                }
                .font(.subheadline)
                .foregroundStyle(.secondary)
            }
        }
        .accessibilityElement()
        .accessibilityLabel(Text(verbatim: relation.spoken))
    }

    private func side(_ key: String, _ state: RelationState) -> String {
        Words.text("relations_side", Words.text(key), state.text)
    }
}
