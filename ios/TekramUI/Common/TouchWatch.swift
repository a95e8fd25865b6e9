// Hears each touch, each typed letter and each step of VoiceOver, so that a profile in use does not lock by itself. It takes
// nothing away from the screens: it only looks.
import SwiftUI

#if os(iOS)
    import UIKit
    import UIKit.UIGestureRecognizerSubclass

    /// Puts its recogniser on the window it is shown in.
    private struct TouchWatch: UIViewRepresentable {
        let touched: @MainActor () -> Void

        func makeUIView(context: Context) -> WatchView { WatchView(touched: touched) }
        func updateUIView(_ view: WatchView, context: Context) {}
    }

    private final class WatchView: UIView {
        private let recogniser: TouchRecogniser

        init(touched: @escaping @MainActor () -> Void) {
            recogniser = TouchRecogniser(touched: touched)
            super.init(frame: .zero)
            isUserInteractionEnabled = false
        }

        @available(*, unavailable) required init?(coder: NSCoder) { fatalError("made in code alone") }

        override func willMove(toWindow window: UIWindow?) {
            super.willMove(toWindow: window)
            recogniser.view?.removeGestureRecognizer(recogniser)
            window?.addGestureRecognizer(recogniser)
        }
    }

    /// Fails at once, after it has told of the touch.
    private final class TouchRecogniser: UIGestureRecognizer {
        private let touched: @MainActor () -> Void

        init(touched: @escaping @MainActor () -> Void) {
            self.touched = touched
            super.init(target: nil, action: nil)
            (cancelsTouchesInView, delaysTouchesBegan, delaysTouchesEnded) = (false, false, false)
        }

        override func touchesBegan(_ touches: Set<UITouch>, with event: UIEvent) {
            touched()
            state = .failed
        }
    }
#endif

extension View {
    /// Calls `touched` whenever the person touches the window, types, or goes on with VoiceOver.
    func onTouch(_ touched: @escaping @MainActor () -> Void) -> some View {
        #if os(iOS)
            let center = NotificationCenter.default
            return background(TouchWatch(touched: touched))
                .onReceive(center.publisher(for: UITextField.textDidChangeNotification)) { _ in touched() }
                .onReceive(center.publisher(for: UITextView.textDidChangeNotification)) { _ in touched() }
                // With VoiceOver the system keeps the touches to itself.
                .onReceive(center.publisher(for: UIAccessibility.elementFocusedNotification)) { _ in touched() }
        #else
            return self
        #endif
    }
}
