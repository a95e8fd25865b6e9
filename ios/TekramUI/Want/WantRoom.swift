// Want: the requests of a profile, and where a tap leads. A request that was begun outside the app opens as a draft that
// the person goes on with.
import SwiftUI
import TekramCore
import TekramKit

/// Screens behind want_list.
enum WantPlace: Hashable {
    case compose
    case preview(String)
    /// `isFresh`: it was sent just now, so that offers are listened for at once.
    case offers(String, isFresh: Bool)
}

/// The room of one open profile; want_list.
struct WantRoom: View {
    private let app: AppModel
    private let persona: Persona
    @State private var model: WantListModel
    @State private var compose: ComposeModel
    @State private var place: WantPlace?

    init(app: AppModel, persona: Persona) {
        self.app = app
        self.persona = persona
        _model = State(initialValue: WantListModel(persona: persona))
        _compose = State(initialValue: ComposeModel(persona: persona))
    }

    var body: some View {
        PhasePane(
            phase: model.phase, loading: "want_loading", offline: "want_offline_text", locked: "want_locked_text",
            retry: { model.load() }
        ) {
            list
        } empty: {
            EmptyPane("want_empty_title", text: "want_empty_text", systemImage: "megaphone") {
                Button("want_new") { place = .compose }
            }
        }
        .task { await model.follow() }
        .onChange(of: app.ask, initial: true) { take() }
        .navigationDestination(item: $place) { place in
            switch place {
            case .compose:
                ComposeScreen(persona: persona, model: compose, sent: { sent($0) }, discarded: { discarded($0) })
            case .preview(let number):
                PreviewScreen(
                    persona: persona, number: number, sent: { sent(number) }, discarded: { discarded(number) })
            case .offers(let number, let isFresh):
                OffersScreen(persona: persona, number: number, isFresh: isFresh)
            }
        }
        .accessibilityIdentifier("want_list")
    }

    private var list: some View {
        List {
            Section {
                Button("want_new", systemImage: "plus") { place = .compose }
            }
            Section {
                ForEach(model.intents, id: \.intent) { intent in
                    Button {
                        place =
                            intent.state == "draft" ? .preview(intent.intent) : .offers(intent.intent, isFresh: false)
                    } label: {
                        RequestRow(intent: intent)
                    }
                    .buttonStyle(.plain)
                }
            } footer: {
                VStack(alignment: .leading, spacing: Theme.near) {
                    Text("want_offers_woken_ios")
                    Text("want_offers_until_lock_ios")
                }
            }
        }
        .refreshable { await model.load() }
    }

    /// Fills in what was asked for from outside.
    private func take() {
        guard let ask = app.ask else { return }
        switch ask {
        case .want:
            compose.load()
            compose.take(ask)
        case .storeCard(let card):
            compose.load()
            compose.readCard(card)
        default: return
        }
        app.ask = nil
        place = .compose
    }

    private func sent(_ number: String) {
        compose.done(number)
        place = .offers(number, isFresh: true)
    }

    private func discarded(_ number: String) {
        compose.done(number)
        place = nil
    }
}

private struct RequestRow: View {
    let intent: Intent

    var body: some View {
        HStack {
            VStack(alignment: .leading, spacing: 2) {
                Label {
                    Text(verbatim: intent.want).font(.headline)
                } icon: {
                    Image(systemName: intent.state == "accepted" ? "checkmark.seal" : "megaphone")
                }
                Text(LocalizedStringKey(intent.stateKey)).font(.subheadline)
                Group {
                    if let ceiling = intent.ceiling { LabeledContent("want_seen_ceiling", value: ceiling.text()) }
                    if intent.isRunning { Text(Words.text("want_until", intent.untilText)) }
                }
                .font(.subheadline)
                .foregroundStyle(.secondary)
            }
            Spacer()
            Image(systemName: "chevron.forward").foregroundStyle(.tertiary).accessibilityHidden(true)
        }
        .contentShape(Rectangle())
        .accessibilityElement(children: .combine)
        .accessibilityAddTraits(.isButton)
    }
}
