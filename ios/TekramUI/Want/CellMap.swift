// The published area on a small map without any map service: the finest cell that is published inside the next coarser
// one, among cells of its size, with coordinates, a scale bar and north. The person's own position is not known to it.
import SwiftUI
import TekramCore
import TekramKit

/// Draws cells that are nested from coarse to fine.
struct CellMap: View {
    let cells: [Cell]

    var body: some View {
        if let finest = cells.last {
            Canvas { context, size in
                let frame = MapFrame(around: (cells.dropLast().last ?? finest).area, size: size)
                Sketch(context: context, frame: frame).draw(cells, finest)
            }
            .aspectRatio(1.25, contentMode: .fit)
            .background(.quaternary)
            .clipShape(RoundedRectangle(cornerRadius: 12))
            // Numbers with degrees read from left to right in every language; a map is never mirrored.
            .environment(\.layoutDirection, .leftToRight)
            .accessibilityElement()
            .accessibilityLabel(Text(verbatim: finest.spoken))
            .accessibilityAddTraits(.isImage)
        }
    }
}

private struct Sketch {
    let context: GraphicsContext
    let frame: MapFrame

    func draw(_ cells: [Cell], _ finest: Cell) {
        let lines = frame.grid(finest.area)
        for x in lines.x { line(from: CGPoint(x: x, y: 0), to: CGPoint(x: x, y: frame.size.height), .gray, 0.5) }
        for y in lines.y { line(from: CGPoint(x: 0, y: y), to: CGPoint(x: frame.size.width, y: y), .gray, 0.5) }
        for cell in cells.dropLast() {
            context.stroke(Path(frame.rect(cell.area)), with: .color(.secondary), lineWidth: 1.5)
        }
        let rect = frame.rect(finest.area)
        context.fill(Path(rect), with: .color(.accentColor.opacity(0.3)))
        context.stroke(Path(rect), with: .color(.accentColor), lineWidth: 3)
        coordinates(rect, finest)
        scaleBar()
        compass()
    }

    /// The cell's edges: north above it, south below, west and east at its sides.
    private func coordinates(_ rect: CGRect, _ cell: Cell) {
        let (gap, edges) = (CGFloat(6), cell.edges())
        label(edges.north) { CGPoint(x: rect.midX - $0.width / 2, y: rect.minY - $0.height - gap) }
        label(edges.south) { CGPoint(x: rect.midX - $0.width / 2, y: rect.maxY + gap) }
        label(edges.west) { CGPoint(x: rect.minX - $0.width - gap, y: rect.midY - $0.height / 2) }
        label(edges.east) { CGPoint(x: rect.maxX + gap, y: rect.midY - $0.height / 2) }
    }

    private func scaleBar() {
        let (metres, points) = frame.scaleBar
        let (left, bottom) = (CGFloat(12), frame.size.height - 12)
        label(Distances.text(metres)) { CGPoint(x: left, y: bottom - 8 - $0.height) }
        line(from: CGPoint(x: left, y: bottom), to: CGPoint(x: left + points, y: bottom), .primary, 2)
        for x in [left, left + points] {
            line(from: CGPoint(x: x, y: bottom - 5), to: CGPoint(x: x, y: bottom + 1), .primary, 2)
        }
    }

    private func compass() {
        let (middle, top, half, tall) = (frame.size.width - 22, CGFloat(10), CGFloat(7), CGFloat(18))
        var arrow = Path()
        arrow.move(to: CGPoint(x: middle, y: top))
        arrow.addLine(to: CGPoint(x: middle + half, y: top + tall))
        arrow.addLine(to: CGPoint(x: middle, y: top + tall * 0.72))
        arrow.addLine(to: CGPoint(x: middle - half, y: top + tall))
        arrow.closeSubpath()
        context.fill(arrow, with: .color(.primary))
        label(Words.text("want_map_north")) { CGPoint(x: middle - $0.width / 2, y: top + tall + 2) }
    }

    private func line(from start: CGPoint, to end: CGPoint, _ color: Color, _ width: CGFloat) {
        var path = Path()
        path.move(to: start)
        path.addLine(to: end)
        context.stroke(path, with: .color(color), lineWidth: width)
    }

    /// Text whose top leading corner is where `place` puts it, moved so far that all of it is seen.
    private func label(_ text: String, _ place: (CGSize) -> CGPoint) {
        let resolved = context.resolve(Text(verbatim: text).font(.caption))
        let (size, room, pad) = (resolved.measure(in: frame.size), frame.size, CGFloat(2))
        let wanted = place(size)
        let x = max(pad, min(wanted.x, room.width - size.width - pad))
        let y = max(pad, min(wanted.y, room.height - size.height - pad))
        let ground = CGRect(x: x - pad, y: y, width: size.width + 2 * pad, height: size.height)
        context.fill(Path(ground), with: .style(.background))
        context.draw(resolved, at: CGPoint(x: x + size.width / 2, y: y + size.height / 2))
    }
}
