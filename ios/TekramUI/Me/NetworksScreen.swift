// The hosts that this profile talks to, what each is and why.
import SwiftUI
import TekramCore
import TekramKit

/// me_networks.
struct NetworksScreen: View {
    private let app: AppModel
    @State private var model: NetworksModel

    init(app: AppModel, persona: Persona) {
        self.app = app
        _model = State(initialValue: NetworksModel(persona: persona))
    }

    var body: some View {
        PhasePane(phase: model.phase, loading: "me_loading", locked: "me_locked_text", retry: { model.load() }) {
            List {
                Section {
                    ForEach(model.networks, id: \.self) { network in
                        NetworkRow(network: network)
                    }
                } header: {
                    Text("me_networks_text").textCase(nil)
                }
                Section("me_proxy") {
                    if let proxy = app.edition.proxy {
                        Text(Words.text("me_proxy_on", proxy))
                    } else {
                        Text("me_proxy_off")
                    }
                }
            }
        } empty: {
            EmptyPane("me_networks_title", text: "me_networks_empty", systemImage: "network")
        }
        .navigationTitle("me_networks_title")
        .smallTitle()
        .task { model.load() }
        .accessibilityIdentifier("me_networks")
    }
}

private struct NetworkRow: View {
    let network: NetworkUse

    var body: some View {
        VStack(alignment: .leading, spacing: 2) {
            Text(verbatim: network.host).font(.headline)
            Text(words.title)
            Text(words.text).font(.footnote).foregroundStyle(.secondary)
            Text(why).font(.footnote)
            if let since = network.sinceMs {
                Text(Words.text("me_network_since", Moments.day(since))).font(.footnote).foregroundStyle(.secondary)
            }
        }
        .accessibilityElement(children: .combine)
    }

    private var why: LocalizedStringKey {
        switch network.why {
        case .requests: "me_network_why_requests"
        case .ecash: "me_network_why_ecash"
        case .payments: "me_network_why_payments"
        case .whoIsPaid: "me_network_why_who_is_paid"
        case .exchangeRates: "me_network_why_exchange_rates"
        case .credentials: "me_network_why_credentials"
        case .backups: "me_network_why_backups"
        case .listens: "me_network_why_listens"
        case .history: "me_network_why_history"
        case .episodes: "me_network_why_episodes"
        }
    }

    private var words: (title: LocalizedStringKey, text: LocalizedStringKey) {
        switch network.kind {
        case .mint: ("me_network_mint", "me_network_mint_text")
        case .relay: ("me_network_relay", "me_network_relay_text")
        case .feed: ("me_network_feed", "me_network_feed_text")
        case .rates: ("me_network_rates", "me_network_rates_text")
        case .issuer: ("me_network_issuer", "me_network_issuer_text")
        case .backup: ("me_network_backup", "me_network_backup_text")
        case .listens: ("me_network_listens", "me_network_listens_text")
        case .account: ("me_network_account", "me_network_account_text")
        }
    }
}
