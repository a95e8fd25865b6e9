// A code for another phone to scan, drawn from the core's modules. Always dark on light: many scanners read nothing else.
import SwiftUI
import TekramCore

/// A QR code with its quiet zone.
struct QrView: View {
    let code: QrCode
    /// What it is for; VoiceOver reads it instead of the picture.
    var label: LocalizedStringKey = "common_qr_a11y"
    /// The same with values in it.
    var spoken: String?

    var body: some View {
        Canvas { context, size in
            let side = min(size.width, size.height)
            let module = side / CGFloat(code.side)
            context.fill(Path(CGRect(x: 0, y: 0, width: side, height: side)), with: .color(.white))
            var dark = Path()
            for (index, value) in code.modules.enumerated() where value == 1 {
                let (row, column) = index.quotientAndRemainder(dividingBy: Int(code.side))
                dark.addRect(
                    CGRect(x: CGFloat(column) * module, y: CGFloat(row) * module, width: module, height: module))
            }
            context.fill(dark, with: .color(.black), style: FillStyle(antialiased: false))
        }
        .aspectRatio(1, contentMode: .fit)
        .frame(maxWidth: 320)
        // A mirrored code cannot be scanned.
        .flipsForRightToLeftLayoutDirection(false)
        .accessibilityElement()
        .accessibilityLabel(spoken.map { Text(verbatim: $0) } ?? Text(label))
        .accessibilityAddTraits(.isImage)
    }
}
