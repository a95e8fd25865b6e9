// The r-button: two halves that face each other, mine at the start and theirs at the end. What each half says stands in
// its form and not in its colour alone: dotted, a line, a thick line, filled, struck through. It says nothing to
// VoiceOver: the words beside it do.
import SwiftUI
import TekramCore

/// Both halves.
struct RButton: View {
    let mine: RelationState
    let theirs: RelationState
    /// Grows with the person's type size.
    @ScaledMetric private var height: CGFloat

    init(mine: RelationState, theirs: RelationState, height: CGFloat = 32) {
        self.mine = mine
        self.theirs = theirs
        _height = ScaledMetric(wrappedValue: height)
    }

    var body: some View {
        Canvas { context, size in
            // Together they touch.
            let gap = mine == .inRelation && theirs == .inRelation ? 0 : size.height * 0.11
            Half(state: mine, size: size, gap: gap).draw(in: context)
            var mirrored = context
            mirrored.translateBy(x: size.width, y: 0)
            mirrored.scaleBy(x: -1, y: 1)
            Half(state: theirs, size: size, gap: gap).draw(in: mirrored)
        }
        .frame(width: height * 1.9, height: height)
        .flipsForRightToLeftLayoutDirection(true)
        .accessibilityHidden(true)
    }
}

/// The half on the left: an arch that opens towards the middle.
private struct Half {
    let state: RelationState
    let size: CGSize
    let gap: CGFloat

    private var line: CGFloat { size.height * 0.055 }

    private var bounds: CGRect {
        CGRect(x: line, y: line, width: size.width / 2 - gap - line, height: size.height - 2 * line)
    }

    private var arch: Path {
        Path { path in
            let radius = bounds.height / 2
            let center = CGPoint(x: bounds.minX + radius, y: bounds.midY)
            path.move(to: CGPoint(x: bounds.maxX, y: bounds.minY))
            path.addLine(to: CGPoint(x: center.x, y: bounds.minY))
            // From the top over the left to the bottom: with y downwards, angles fall.
            path.addArc(
                center: center, radius: radius, startAngle: .degrees(270), endAngle: .degrees(90), clockwise: true)
            path.addLine(to: CGPoint(x: bounds.maxX, y: bounds.maxY))
            path.closeSubpath()
        }
    }

    func draw(in context: GraphicsContext) {
        switch state {
        case .absent:
            let dots = StrokeStyle(lineWidth: line, lineCap: .round, dash: [line, line * 2])
            context.stroke(arch, with: .color(.secondary), style: dots)
        case .open:
            outline(.secondary, line, in: context)
        case .offering:
            outline(.accentColor, line * 2, in: context)
        case .inRelation:
            context.fill(arch, with: .color(.accentColor))
            outline(.accentColor, line, in: context)
        case .ended:
            outline(.secondary, line, in: context)
            var stroke = Path()
            stroke.move(to: CGPoint(x: bounds.minX, y: bounds.maxY))
            stroke.addLine(to: CGPoint(x: bounds.maxX, y: bounds.minY))
            context.stroke(stroke, with: .color(.red), style: StrokeStyle(lineWidth: line * 2, lineCap: .round))
        }
    }

    private func outline(_ color: Color, _ width: CGFloat, in context: GraphicsContext) {
        context.stroke(
            arch, with: .color(color), style: StrokeStyle(lineWidth: width, lineCap: .round, lineJoin: .round))
    }
}
