// Colours and measures that all screens share. Colours come from the system, so that light, dark and high contrast
// need no table of our own; sizes grow with the person's type size.
import SwiftUI

/// What all screens look like.
enum Theme {
    /// Shares of a whole, in the order in which they are listed; told apart by words and position too.
    static let shares: [Color] = [.indigo, .teal, .orange, .pink, .green, .blue, .brown, .purple, .mint, .cyan]

    /// The colour of the share at `index`.
    static func share(_ index: Int) -> Color { shares[index % shares.count] }

    /// Space between things that belong together.
    static let near: CGFloat = 8
    /// Space between groups.
    static let far: CGFloat = 20
    /// Text is not wider than this on large screens.
    static let readableWidth: CGFloat = 640
}

/// The button that a screen is about, across its width.
struct MainButton: View {
    let title: LocalizedStringKey
    var isBusy = false
    let action: @MainActor () -> Void

    var body: some View {
        Button(action: action) {
            HStack(spacing: Theme.near) {
                if isBusy {
                    ProgressView().accessibilityLabel("common_working_a11y")
                }
                Text(title).fontWeight(.semibold)
            }
            .frame(maxWidth: .infinity)
        }
        .buttonStyle(.borderedProminent)
        .controlSize(.large)
        .disabled(isBusy)
    }
}

extension View {
    /// Keeps long text readable on wide screens and within the safe area.
    func readable() -> some View {
        frame(maxWidth: Theme.readableWidth).frame(maxWidth: .infinity).padding(.horizontal)
    }
}
