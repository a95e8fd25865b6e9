// Two buttons and what became of the choice. Nothing is sent or paid from here.
import SwiftUI

struct ShareChoice: View {
    let shared: Shared
    let done: @MainActor () -> Void

    @State private var said: LocalizedStringKey?

    private var wish: Ask? {
        if let asked = shared.asked { return asked }
        let text = shared.text.count <= 200 ? shared.text : ""
        return Ask(what: text, gtin: nil, page: shared.page)
    }

    /// The page whose maker can be paid: shared as such, or named by a code in a picture.
    private var page: URL? {
        if case .want(_, _, let page?) = shared.asked { page } else { shared.page }
    }

    var body: some View {
        NavigationStack {
            List {
                if let said {
                    Text(said)
                } else if wish == nil {
                    Text(shared.isPicture ? "common_share_no_code" : "common_share_nothing")
                } else {
                    if let page {
                        Button("common_shortcut_pay_page") { keep(.payMaker(page: page)) }
                    }
                    if let wish {
                        Button("common_shortcut_want") { keep(wish) }
                    }
                }
            }
            .navigationTitle("common_app_name")
            .navigationBarTitleDisplayMode(.inline)
            .toolbar {
                ToolbarItem(placement: .confirmationAction) { Button("common_close", action: done) }
            }
        }
    }

    private func keep(_ ask: Ask) {
        do {
            guard let inbox = ShareInbox() else { throw ShareInbox.Trouble.notSetUp }
            try inbox.put(ask)
            said = "common_share_kept"
        } catch ShareInbox.Trouble.notSetUp {
            said = "common_share_not_set_up"
        } catch ShareInbox.Trouble.full {
            said = "common_share_full"
        } catch {
            said = "common_error_title"
        }
    }
}
