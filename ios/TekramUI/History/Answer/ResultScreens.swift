// What the words that are typed find by name, a few of each kind above the listens; and all of one kind.
import SwiftUI
import TekramCore
import TekramKit

/// The first results of each kind.
struct TypedSections: View {
    let persona: Persona
    let typed: AsTyped
    let text: String

    var body: some View {
        section(.creator, typed.creators)
        section(.show, typed.shows)
        section(.work, typed.works)
        section(.publisher, typed.publishers)
    }

    @ViewBuilder private func section(_ what: What, _ page: HitPage) -> some View {
        if !page.entries.isEmpty {
            Section(what.title) {
                ForEach(page.entries, id: \.known.id) { hit in KnownLink(persona: persona, known: hit.known) }
                if page.next != nil {
                    NavigationLink(what.allTitle) {
                        ResultsScreen(persona: persona, what: what, text: text)
                    }
                }
            }
        }
    }
}

/// history_results.
struct ResultsScreen: View {
    private let persona: Persona
    private let what: What
    @State private var model: ResultsModel

    init(persona: Persona, what: What, text: String) {
        (self.persona, self.what) = (persona, what)
        _model = State(initialValue: ResultsModel(persona: persona, what: what, text: text))
    }

    var body: some View {
        PhasePane(
            phase: model.hits.phase, loading: "history_loading", locked: "history_locked_text",
            retry: { await model.hits.reload() }
        ) {
            List {
                PagedSection(list: model.hits, id: \.known.id) { hit in
                    KnownLink(persona: persona, known: hit.known)
                }
            }
        } empty: {
            EmptyPane(what.title, text: "history_answer_none_ios", systemImage: "magnifyingglass")
        }
        .navigationTitle(what.title)
        .smallTitle()
        .task { await model.hits.reload() }
        .accessibilityIdentifier("history_results")
    }
}
