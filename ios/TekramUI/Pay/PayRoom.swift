// Pay: from the split of a month to its receipts. The room holds the models, so that paying and searching go on while
// their screens are left.
import SwiftUI
import TekramCore
import TekramKit

/// Screens behind pay_split.
enum PayPlace: Hashable {
    case why(String)
    case confirm(String), progress(String), receipts(String), handOffs(String)
    case handOff(month: String, line: Int64)
    case payees, changes, ledger, months, words
}

/// The room of one open profile.
struct PayRoom: View {
    let app: AppModel
    let persona: Persona
    @State private var model: PayModel
    @State private var payees: PayeesModel
    @State private var accounts: AccountsModel
    @State private var page: String?

    init(app: AppModel, persona: Persona) {
        self.app = app
        self.persona = persona
        _model = State(initialValue: PayModel(persona: persona))
        _payees = State(initialValue: PayeesModel(persona: persona))
        _accounts = State(initialValue: AccountsModel(persona: persona))
    }

    var body: some View {
        SplitScreen(model: model)
            .task { await model.follow() }
            .onChange(of: app.ask, initial: true) { takeAsk() }
            .navigationDestination(for: PayPlace.self) { place in screen(place) }
            .navigationDestination(item: $page) { page in PayeesScreen(model: payees, page: page) }
    }

    @ViewBuilder private func screen(_ place: PayPlace) -> some View {
        switch place {
        case .why(let key): WhyScreen(model: model, key: key)
        case .confirm(let month): ConfirmScreen(model: model.payment(of: month))
        case .progress(let month): ProgressScreen(model: model.payment(of: month))
        case .receipts(let month): ReceiptsScreen(model: model.payment(of: month))
        case .handOffs(let month): HandOffsScreen(model: model.payment(of: month))
        case .handOff(let month, let line): HandOffScreen(model: model.payment(of: month), line: line)
        case .payees: PayeesScreen(model: payees)
        case .changes: ChangesScreen(model: payees)
        case .ledger: LedgerScreen(model: accounts)
        case .months: MonthsScreen(model: model)
        case .words: RecoveryScreen(persona: persona)
        }
    }

    /// A page whose maker is to be paid opens the search for it; nothing is asked before the person says so.
    private func takeAsk() {
        guard case .payMaker(let asked) = app.ask else { return }
        page = asked.absoluteString
        app.ask = nil
    }
}
