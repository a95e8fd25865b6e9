// The split as a ring: the largest shares in colours of their own, the others in one, what waits in grey. VoiceOver hears
// one sentence; the list below says the same line by line, with the same colours.
import SwiftUI
import TekramCore
import TekramKit

/// The ring of a split with its sum.
struct SplitRing: View {
    let statement: Statement
    var across: CGFloat = 196
    var showsSum = true
    @Environment(\.dynamicTypeSize) private var typeSize

    var body: some View {
        VStack(spacing: Theme.near) {
            RingCanvas(parts: SplitPart.parts(of: statement.lines))
                .frame(width: across, height: across)
                .overlay { if showsSum && !typeSize.isAccessibilitySize { sum.padding(across / 5) } }
                .accessibilityElement()
                .accessibilityLabel(spoken)
            // The largest type does not fit inside.
            if showsSum && typeSize.isAccessibilitySize { sum }
        }
    }

    private var sum: some View {
        VStack(spacing: 2) {
            Text(verbatim: statement.total.text()).font(.title2).minimumScaleFactor(0.5).lineLimit(1)
            Text("pay_total").font(.caption)
        }
        .accessibilityElement(children: .combine)
    }

    private var spoken: String {
        Words.text("pay_ring_a11y", Words.plural("pay_lines", statement.lines.filter { $0.payee != nil }.count))
    }
}

/// Draws parts of a whole around a circle, from the top.
struct RingCanvas: View {
    let parts: [SplitPart]

    var body: some View {
        Canvas { context, size in
            let side = min(size.width, size.height)
            let width = side / 6
            let center = CGPoint(x: size.width / 2, y: size.height / 2)
            let radius = (side - width) / 2
            var start = -90.0
            for part in parts {
                let sweep = part.part * 360
                // A hair of ground between two parts, as long as there is something to cut it from.
                let gap = parts.count > 1 && sweep > 3 ? 1.2 : 0
                var arc = Path()
                arc.addArc(
                    center: center, radius: radius, startAngle: .degrees(start),
                    endAngle: .degrees(start + sweep - gap), clockwise: false)
                context.stroke(arc, with: .color(.share(part.color)), lineWidth: width)
                start += sweep
            }
        }
    }
}

extension Color {
    /// The colour of a part; what waits is grey.
    static func share(_ place: Int?) -> Color { place.map(Theme.share) ?? .gray }
}
