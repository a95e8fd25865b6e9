// Where degrees lie on a small map without any map service, so that looking at it tells nobody where the person is. The
// map shows the coarser cell around the published one; the person's own position is not known here.
import Foundation
import TekramCore

/// A piece of the earth on a canvas, north above, each degree as wide as it is at this latitude.
public struct MapFrame: Sendable {
    /// The canvas.
    public let size: CGSize
    private let west: Double
    private let north: Double
    private let across: Double
    /// Points for one degree of latitude.
    private let scale: Double

    /// Room around the area for labels, as a part of the canvas.
    private static let inside = 0.68
    private static let metresInDegree = 111_195.0

    /// Shows all of `area` on a canvas of `size`.
    public init(around area: Area, size: CGSize) {
        self.size = size
        across = max(cos((area.north + area.south) / 2 * .pi / 180), 0.05)
        scale =
            Self.inside
            * min(
                Double(size.width) / ((area.east - area.west) * across), Double(size.height) / (area.north - area.south)
            )
        west = (area.east + area.west) / 2 - Double(size.width) / 2 / scale / across
        north = (area.north + area.south) / 2 + Double(size.height) / 2 / scale
    }

    /// Where `area` lies.
    public func rect(_ area: Area) -> CGRect {
        CGRect(
            x: (area.west - west) * across * scale, y: (north - area.north) * scale,
            width: (area.east - area.west) * across * scale, height: (area.north - area.south) * scale)
    }

    /// Lines between the cells that are as large as `area`, so that it is seen as one of many.
    public func grid(_ area: Area) -> (x: [CGFloat], y: [CGFloat]) {
        let one = rect(area)
        guard one.width > 2, one.height > 2 else { return ([], []) }
        return (
            Array(stride(from: one.minX - floor(one.minX / one.width) * one.width, to: size.width, by: one.width)),
            Array(stride(from: one.minY - floor(one.minY / one.height) * one.height, to: size.height, by: one.height))
        )
    }

    /// A length of 1, 2 or 5 times a power of ten that takes at most two sevenths of the width.
    public var scaleBar: (metres: Double, points: CGFloat) {
        let metresInPoint = Self.metresInDegree / scale
        let most = Double(size.width) / 3.5 * metresInPoint
        let power = pow(10, floor(log10(most)))
        let metres = [5, 2, 1].map { $0 * power }.first { $0 <= most } ?? power
        return (metres, metres / metresInPoint)
    }
}
