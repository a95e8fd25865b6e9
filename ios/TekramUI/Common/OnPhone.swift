// What only a phone has: keyboards, small titles, its clipboard, and drawing the bytes of a picture. On a Mac, and for the compiler on Linux, these do nothing.
import SwiftUI

#if os(iOS)
    import UIKit
    import UniformTypeIdentifiers
#endif

/// Which keyboard a field wants.
enum FieldKind {
    case plain, passphrase, newPassphrase, number, url
}

extension View {
    /// The keyboard and what the phone may offer to fill in.
    func field(_ kind: FieldKind) -> some View {
        #if os(iOS)
            switch kind {
            case .plain: return textContentType(nil).keyboardType(.default)
            case .passphrase: return textContentType(.password).keyboardType(.default)
            case .newPassphrase: return textContentType(.newPassword).keyboardType(.default)
            case .number: return textContentType(nil).keyboardType(.decimalPad)
            case .url: return textContentType(.URL).keyboardType(.URL)
            }
        #else
            return self
        #endif
    }

    /// A title beside the back button.
    func smallTitle() -> some View {
        #if os(iOS)
            return navigationBarTitleDisplayMode(.inline)
        #else
            return self
        #endif
    }
}

/// Puts text on the clipboard of this phone, not on that of the person's other devices.
@MainActor func copyHere(_ text: String) {
    #if os(iOS)
        UIPasteboard.general.setItems([[UTType.utf8PlainText.identifier: text]], options: [.localOnly: true])
    #endif
}

/// The picture in these bytes; nothing when they are none.
@MainActor func drawnPicture(_ bytes: Data) -> Image? {
    #if os(iOS)
        return UIImage(data: bytes).map { Image(uiImage: $0) }
    #else
        return nil
    #endif
}
