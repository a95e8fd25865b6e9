// A request that was sent: where it stands, and its offers in the core's order with the reasons in words; side by side
// where there is room.
import SwiftUI
import TekramCore
import TekramKit

/// want_offers.
struct OffersScreen: View {
    private let persona: Persona
    private let number: String
    private let isFresh: Bool
    @State private var model: RequestModel
    @State private var hasBegun = false
    @State private var asksToWithdraw = false

    init(persona: Persona, number: String, isFresh: Bool) {
        self.persona = persona
        self.number = number
        self.isFresh = isFresh
        _model = State(initialValue: RequestModel(persona: persona, number: number))
    }

    var body: some View {
        PhasePane(
            phase: model.phase, loading: "want_loading", offline: "want_offline_text", locked: "want_locked_text",
            retry: { model.load() }
        ) {
            if let intent = model.intent {
                ScrollView {
                    VStack(alignment: .leading, spacing: Theme.far) { content(intent) }.padding()
                }
            }
        } empty: {
            EmptyView()
        }
        .navigationTitle("want_offers_title")
        .smallTitle()
        .task { await model.follow() }
        .task {
            guard isFresh, !hasBegun else { return }
            hasBegun = true
            // Goes on while another screen lies above this one.
            Task { await model.collect() }
        }
        .confirmationDialog("want_withdraw_confirm", isPresented: $asksToWithdraw, titleVisibility: .visible) {
            Button("want_withdraw", role: .destructive) { Task { await model.withdraw() } }
            Button("common_cancel", role: .cancel) {}
        }
        .accessibilityIdentifier("want_offers")
    }

    @ViewBuilder private func content(_ intent: Intent) -> some View {
        request(intent)
        if let accepted = model.accepted {
            GroupBox {
                VStack(alignment: .leading, spacing: Theme.near) {
                    AcceptedLines(accepted: accepted)
                    AcceptedLink(persona: persona, model: model, accepted: accepted)
                }
                .frame(maxWidth: .infinity, alignment: .leading)
            }
        }
        ProblemLine(problem: model.problem)
        collecting(intent)
        OfferCards(persona: persona, model: model, intent: intent)
        if let refused = model.offers?.refused, !refused.isEmpty {
            DisclosureGroup("want_left_out_show") {
                ForEach(refused, id: \.reason) { count in Text(verbatim: count.text) }
            }
        }
        if intent.state == "open" {
            Button("want_withdraw", systemImage: "trash", role: .destructive) { asksToWithdraw = true }
                .disabled(!model.isFree)
        }
        Text("want_offers_woken_ios").font(.footnote).foregroundStyle(.secondary)
    }

    private func request(_ intent: Intent) -> some View {
        VStack(alignment: .leading, spacing: Theme.near) {
            Text(verbatim: intent.want).font(.title2).accessibilityAddTraits(.isHeader)
            Text(LocalizedStringKey(intent.stateKey(after: model.accepted)))
            if let ceiling = intent.ceiling { LabeledContent("want_seen_ceiling", value: ceiling.text()) }
            if intent.state == "expired" {
                Text("want_request_over").foregroundStyle(.secondary)
            } else {
                Text(Words.text("want_until", intent.untilText)).foregroundStyle(.secondary)
            }
            NavigationLink("want_request_seen") { PreviewScreen(persona: persona, number: number) }
        }
    }

    @ViewBuilder private func collecting(_ intent: Intent) -> some View {
        if model.doing == .collecting {
            WorkingLine(text: "want_offers_collecting") { model.stop() }
        } else if intent.state == "open" {
            MainButton(title: "want_offers_collect") { Task { await model.collect() } }.disabled(!model.isFree)
        }
    }
}

private struct OfferCards: View {
    let persona: Persona
    let model: RequestModel
    let intent: Intent

    var body: some View {
        let offers = model.offers?.offers ?? []
        if offers.isEmpty {
            switch intent.state {
            case "open": Text(Words.text("want_offers_empty", intent.untilText))
            case "closed": Text("want_withdrawn")
            default: Text("want_offers_none")
            }
        } else {
            VStack(alignment: .leading, spacing: 4) {
                Text(Words.plural("want_offers", offers.count)).font(.title3).accessibilityAddTraits(.isHeader)
                Text("want_offers_order").font(.footnote).foregroundStyle(.secondary)
            }
            LazyVGrid(columns: [GridItem(.adaptive(minimum: 300), alignment: .top)], spacing: Theme.far) {
                ForEach(offers, id: \.offer) { offer in OfferCard(persona: persona, model: model, offer: offer) }
            }
            Text("want_seller_unproven").font(.footnote).foregroundStyle(.secondary)
        }
    }
}

private struct OfferCard: View {
    let persona: Persona
    let model: RequestModel
    let offer: Offer

    var body: some View {
        GroupBox {
            VStack(alignment: .leading, spacing: Theme.near) {
                HStack(spacing: Theme.near) {
                    Text(offer.rank, format: .number)
                        .font(.headline)
                        .padding(Theme.near)
                        .background(.tint, in: RoundedRectangle(cornerRadius: 8))
                        .foregroundStyle(.white)
                    VStack(alignment: .leading) {
                        Text(verbatim: offer.price.text()).font(.title2).monospacedDigit()
                        Text(verbatim: offer.seller).font(.headline)
                    }
                }
                .accessibilityElement()
                .accessibilityLabel(Text(verbatim: offer.spoken))
                Text(verbatim: offer.item)
                Text("want_offer_why").font(.subheadline).bold()
                ForEach(offer.reasonTexts, id: \.self) { reason in
                    Label(reason, systemImage: "circle.fill").labelStyle(.titleAndIcon).imageScale(.small)
                }
                Group {
                    Text(Words.text("want_offer_points", offer.points))
                    Text(Words.text("want_offer_until", offer.untilText))
                }
                .font(.footnote)
                .foregroundStyle(.secondary)
                if model.mayAccept {
                    NavigationLink("want_accept") {
                        AcceptScreen(persona: persona, model: model, number: offer.offer)
                    }
                    .buttonStyle(.borderedProminent)
                }
            }
            .frame(maxWidth: .infinity, alignment: .leading)
        }
    }
}
