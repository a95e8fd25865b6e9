// History: the room's first screen, in the navigation that the shell gives it.
import SwiftUI
import TekramCore
import TekramKit

/// The room of one open profile.
struct HistoryRoom: View {
    let app: AppModel
    let persona: Persona

    var body: some View {
        LoadingPane(text: "history_loading")
    }
}
