// The scanner as a sheet over any screen: what it read, or nothing when the person turned away.
import SwiftUI
import UIKit

struct ScannerSheet: View {
    let ended: @MainActor (String?) -> Void

    var body: some View {
        NavigationStack {
            CodeScanner(found: ended)
                .ignoresSafeArea(edges: .bottom)
                .overlay(alignment: .bottom) {
                    Text("common_scan_hint").padding().background(.regularMaterial, in: .capsule).padding()
                }
                .navigationTitle("common_scan_title")
                .navigationBarTitleDisplayMode(.inline)
                .toolbar {
                    ToolbarItem(placement: .cancellationAction) {
                        Button("common_cancel") { ended(nil) }
                    }
                }
        }
        .interactiveDismissDisabled()
    }

    @MainActor
    static func show(over front: UIViewController) async -> String? {
        await withCheckedContinuation { answer in
            var host: UIHostingController<ScannerSheet>?
            var isOver = false
            let sheet = ScannerSheet { text in
                // A second code may be seen while the sheet goes away.
                guard !isOver else { return }
                isOver = true
                host?.dismiss(animated: true)
                host = nil
                answer.resume(returning: text)
            }
            let shown = UIHostingController(rootView: sheet)
            host = shown
            front.present(shown, animated: true)
        }
    }
}
