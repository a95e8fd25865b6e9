// How a profile is told from another at a glance: its picture, else its colour, else the same person for all. While it is locked,
// only what the person allows is known, so this may be less than what the open profile shows.
import SwiftUI
import TekramCore
import TekramKit

/// The mark of a profile; decoration, its name stands beside it.
struct ProfileMark: View {
    let colour: UInt32?
    let picture: Data?
    @ScaledMetric(relativeTo: .body) private var side: CGFloat = 32

    var body: some View {
        Group {
            if let drawn = picture.flatMap(drawnPicture) {
                drawn.resizable().aspectRatio(contentMode: .fill)
            } else {
                Circle()
                    .fill(colour.map(Color.init(rgb:)) ?? Color.gray)
                    .overlay {
                        Image(systemName: "person.fill")
                            .foregroundStyle(colour.map(Self.isBright) == true ? Color.black : Color.white)
                    }
            }
        }
        .frame(width: side, height: side)
        .clipShape(Circle())
        .overlay {
            if let colour { Circle().stroke(Color(rgb: colour), lineWidth: 2) }
        }
        .accessibilityHidden(true)
    }

    /// Black is read better on it than white: by relative luminance, as WCAG 2 defines it.
    private static func isBright(_ colour: UInt32) -> Bool {
        let channels = Color.channels(of: colour).map { part in
            part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2] > 0.179
    }
}

extension ProfileMark {
    /// The mark of a profile as the lock knows it.
    init(_ entry: PersonaEntry) {
        self.init(colour: entry.colour, picture: entry.avatar)
    }
}

extension Color {
    /// Of 0xRRGGBB.
    init(rgb: UInt32) {
        let channels = Self.channels(of: rgb)
        self.init(red: channels[0], green: channels[1], blue: channels[2])
    }

    /// Red, green and blue, from 0 to 1.
    fileprivate static func channels(of rgb: UInt32) -> [Double] {
        [rgb >> 16, rgb >> 8, rgb].map { Double($0 & 0xFF) / 255 }
    }
}
