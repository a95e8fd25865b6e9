// Covers the app as soon as it is not active, so that the overview of apps and a glance over the shoulder show nothing,
// and covers the recovery words while the screen is being recorded or mirrored. iOS lets no app forbid a screenshot; the
// words' screen says so.
import SwiftUI
import UIKit

struct PrivacyCover: ViewModifier {
    @Environment(\.scenePhase) private var phase

    func body(content: Content) -> some View {
        content.overlay {
            if phase != .active { Cover() }
        }
    }
}

/// For screens that show secrets: covered as well while another screen shows this one.
struct SecretCover: ViewModifier {
    @State private var isCaptured = false

    func body(content: Content) -> some View {
        content
            .privacySensitive()
            .overlay {
                if isCaptured { Cover() }
            }
            .background(CaptureWatch(isCaptured: $isCaptured))
    }
}

private struct Cover: View {
    var body: some View {
        Rectangle()
            .fill(.background)
            .ignoresSafeArea()
            .overlay { Image(systemName: "lock.fill").font(.largeTitle).foregroundStyle(.secondary) }
            .accessibilityElement()
            .accessibilityLabel(Text("common_covered_a11y"))
    }
}

/// Tells whether this scene is recorded or mirrored.
private struct CaptureWatch: UIViewRepresentable {
    @Binding var isCaptured: Bool

    func makeUIView(context: Context) -> UIView {
        let view = UIView()
        view.registerForTraitChanges([UITraitSceneCaptureState.self]) { (changed: UIView, _: UITraitCollection) in
            isCaptured = changed.traitCollection.sceneCaptureState == .active
        }
        return view
    }

    func updateUIView(_ view: UIView, context: Context) {
        let now = view.traitCollection.sceneCaptureState == .active
        if now != isCaptured { Task { @MainActor in isCaptured = now } }
    }
}

extension View {
    func coveredWhenInactive() -> some View { modifier(PrivacyCover()) }
    func coveredWhenCaptured() -> some View { modifier(SecretCover()) }
}
