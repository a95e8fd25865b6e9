// Accepting an offer: what is promised, to whom, and what the seller gets to know, before anything is signed; then what
// came of it.
import SwiftUI
import TekramCore
import TekramKit

/// want_accept.
struct AcceptScreen: View {
    let persona: Persona
    let model: RequestModel
    /// The offer.
    let number: String
    @Environment(\.dismiss) private var dismiss

    var body: some View {
        PhasePane(
            phase: model.phase, loading: "want_loading", offline: "want_offline_text", locked: "want_locked_text",
            retry: { model.load() }
        ) {
            List {
                if let done = model.outcome(of: number) {
                    outcome(done)
                } else if let offer = model.offer(number) {
                    PromiseSections(model: model, offer: offer)
                }
                Section {
                    ProblemLine(problem: model.problem)
                    if model.outcome(of: number) == nil && model.offer(number) == nil {
                        Text(verbatim: Problem(name: "no_such_offer").text)
                    }
                    deciding
                }
            }
        } empty: {
            EmptyView()
        }
        .navigationTitle("want_accept_title")
        .smallTitle()
        .task { await model.follow() }
        .accessibilityIdentifier("want_accept")
    }

    private func outcome(_ accepted: Accepted) -> some View {
        Section {
            AcceptedLines(accepted: accepted)
            LabeledContent("want_accept_price", value: accepted.price.text())
            if !accepted.isOver { LabeledContent("want_accept_until", value: accepted.untilText) }
        }
    }

    @ViewBuilder private var deciding: some View {
        if model.doing == .accepting {
            WorkingLine(text: "want_accepting", stopTitle: "want_accept_stop") { model.stop() }
        } else {
            if let done = model.outcome(of: number) {
                if done.pickupCode != nil {
                    NavigationLink("want_pickup_show") { PickupScreen(persona: persona, model: model) }
                } else if done.isWaiting {
                    MainButton(title: "want_accept_again") { Task { await model.accept(number) } }
                }
            } else if model.offer(number) != nil {
                MainButton(title: "want_accept") { Task { await model.accept(number) } }.disabled(!model.isFree)
            }
            Button("want_accept_other") { dismiss() }
        }
    }
}

/// What is promised, to whom, and what the seller gets to know.
private struct PromiseSections: View {
    let model: RequestModel
    let offer: Offer

    var body: some View {
        Section {
            Text(Words.text("want_accept_text", offer.price.text(), offer.seller)).font(.headline)
            LabeledContent("want_accept_item", value: offer.item)
            LabeledContent("want_accept_price", value: offer.price.text())
            LabeledContent("want_accept_seller", value: offer.seller)
        } footer: {
            Text("want_seller_unproven")
        }
        if let intent = model.intent {
            Section {
                Text(
                    Words.text("want_accept_terms", TermsWords.title(intent.terms, otherwise: model.terms?.title)))
                if let summary = TermsWords.summary(intent.terms, otherwise: model.terms?.summary) {
                    Text(verbatim: summary).font(.callout)
                }
            }
        }
        Section("want_accept_learns") {
            Text("want_accept_learns_text")
            Text("want_accept_seen")
        }
    }
}

/// What came of accepting, in words.
struct AcceptedLines: View {
    let accepted: Accepted

    var body: some View {
        Text(verbatim: accepted.item).font(.headline).accessibilityAddTraits(.isHeader)
        Text(verbatim: accepted.seller)
        Text(LocalizedStringKey(accepted.stateKey))
        if let reason = accepted.reasonKey { Text(LocalizedStringKey(reason)) }
    }
}

/// Where to go on from what was accepted: the pick-up code, or asking again.
struct AcceptedLink: View {
    let persona: Persona
    let model: RequestModel
    let accepted: Accepted

    var body: some View {
        if accepted.pickupCode != nil {
            NavigationLink("want_pickup_show") { PickupScreen(persona: persona, model: model) }
                .buttonStyle(.borderedProminent)
        } else if accepted.isWaiting {
            NavigationLink("want_accept_again") {
                AcceptScreen(persona: persona, model: model, number: accepted.offer)
            }
            .buttonStyle(.bordered)
        }
    }
}
