// Covers a screen that shows secrets while the display is recorded or mirrored. iOS lets no app forbid a screenshot; the
// recovery words' screen says so.
import SwiftUI

#if os(iOS)
    import UIKit

    private struct SecretCover: ViewModifier {
        @State private var isCaptured = false

        func body(content: Content) -> some View {
            content
                .privacySensitive()
                .overlay {
                    if isCaptured {
                        Rectangle()
                            .fill(.background)
                            .ignoresSafeArea()
                            .accessibilityLabel("common_covered_a11y")
                    }
                }
                .background(CaptureWatch(isCaptured: $isCaptured))
        }
    }

    /// Tells whether this scene is recorded or mirrored.
    private struct CaptureWatch: UIViewRepresentable {
        @Binding var isCaptured: Bool

        func makeUIView(context: Context) -> UIView {
            let view = UIView()
            let captured = $isCaptured
            view.registerForTraitChanges([UITraitSceneCaptureState.self]) { (changed: UIView, _: UITraitCollection) in
                captured.wrappedValue = changed.traitCollection.sceneCaptureState == .active
            }
            return view
        }

        func updateUIView(_ view: UIView, context: Context) {
            let now = view.traitCollection.sceneCaptureState == .active
            // A state must not change while the view is being updated.
            if now != isCaptured { Task { @MainActor in isCaptured = now } }
        }
    }
#endif

extension View {
    /// For recovery words and the like.
    func coveredWhenCaptured() -> some View {
        #if os(iOS)
            return modifier(SecretCover())
        #else
            return self
        #endif
    }
}
