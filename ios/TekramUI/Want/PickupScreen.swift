// The code that is shown at the counter: large, and as a picture to scan.
import SwiftUI
import TekramCore
import TekramKit

/// want_pickup.
struct PickupScreen: View {
    let persona: Persona
    let model: RequestModel
    @Environment(\.dismiss) private var dismiss

    var body: some View {
        PhasePane(
            phase: model.phase, loading: "want_loading", offline: "want_offline_text", locked: "want_locked_text",
            retry: { model.load() }
        ) {
            if let accepted = model.accepted, let code = accepted.pickupCode {
                ScrollView {
                    VStack(alignment: .leading, spacing: Theme.far) {
                        Text("want_pickup_text").font(.title3)
                        LargeCode(code: code, spoken: accepted.spokenCode ?? "")
                        if let picture = model.pickupPicture {
                            QrView(code: picture, label: "want_pickup_qr_a11y").frame(maxWidth: .infinity)
                        }
                        bought(accepted)
                    }
                    .padding(.vertical)
                    .readable()
                }
            } else {
                noCode
            }
        } empty: {
            EmptyView()
        }
        .navigationTitle("want_pickup_title")
        .smallTitle()
        .task { await model.follow() }
        .accessibilityIdentifier("want_pickup")
    }

    /// Until the seller has confirmed: how it stands, and asking again.
    private var noCode: some View {
        List {
            Text("want_pickup_none")
            if let accepted = model.accepted {
                Section { AcceptedLines(accepted: accepted) }
                ProblemLine(problem: model.problem)
                if model.doing == .accepting {
                    WorkingLine(text: "want_accepting", stopTitle: "want_accept_stop") { model.stop() }
                } else if accepted.isWaiting {
                    MainButton(title: "want_accept_again") { Task { await model.accept(accepted.offer) } }
                }
            }
            Button("want_accept_other") { dismiss() }
        }
    }

    private func bought(_ accepted: Accepted) -> some View {
        GroupBox {
            VStack(alignment: .leading, spacing: Theme.near) {
                Text(verbatim: accepted.item).font(.headline)
                Text(verbatim: accepted.seller)
                Text(verbatim: accepted.price.text()).monospacedDigit()
                Text(Words.text("want_pickup_until", accepted.untilText))
                NavigationLink("want_pickup_agreement") {
                    AgreementScreen(persona: persona, party: nil, record: accepted.agreement)
                }
            }
            .frame(maxWidth: .infinity, alignment: .leading)
        }
    }
}

/// The code in its groups, always from left to right; VoiceOver says it letter by letter.
private struct LargeCode: View {
    let code: String
    let spoken: String

    var body: some View {
        LazyVGrid(columns: [GridItem(.adaptive(minimum: 120))], spacing: Theme.near) {
            ForEach(Array(code.split(separator: "-").enumerated()), id: \.offset) { _, group in
                Text(verbatim: String(group)).font(.largeTitle).bold().monospaced().minimumScaleFactor(0.5).lineLimit(1)
            }
        }
        .padding()
        .background(.quaternary, in: RoundedRectangle(cornerRadius: 12))
        .environment(\.layoutDirection, .leftToRight)
        .accessibilityElement()
        .accessibilityLabel(Text(verbatim: spoken))
    }
}
