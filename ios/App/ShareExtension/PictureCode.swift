// Finds a code in a picture that another app shared, on this device. Only what the code says is taken; the picture is not
// kept. A share extension has little memory, so a large picture is looked at in a smaller size.
import Foundation
import ImageIO
import UniformTypeIdentifiers
import Vision

enum PictureCode {
    /// Longest side that is looked at, in pixels: enough for a code that fills a tenth of a photo.
    private static let longest = 1_600
    /// The most characters a QR code can hold (version 40, numeric).
    private static let longestText = 7_089

    /// Whether this is a picture.
    static func isPicture(_ provider: NSItemProvider) -> Bool {
        provider.hasItemConformingToTypeIdentifier(UTType.image.identifier)
    }

    /// What the first code in the picture says; nothing when there is none or the picture cannot be read.
    @MainActor
    static func read(from provider: NSItemProvider) async -> String? {
        await withCheckedContinuation { answer in
            // The file goes when this closure ends, so it is looked at in here, on a thread of the system's.
            _ = provider.loadFileRepresentation(forTypeIdentifier: UTType.image.identifier) { @Sendable file, _ in
                answer.resume(returning: file.flatMap { PictureCode.code(in: $0) })
            }
        }
    }

    private static func code(in file: URL) -> String? {
        let smaller: [CFString: Any] = [
            kCGImageSourceCreateThumbnailFromImageAlways: true,
            kCGImageSourceCreateThumbnailWithTransform: true,
            kCGImageSourceThumbnailMaxPixelSize: longest,
        ]
        guard let source = CGImageSourceCreateWithURL(file as CFURL, nil),
            let picture = CGImageSourceCreateThumbnailAtIndex(source, 0, smaller as CFDictionary)
        else { return nil }
        let request = VNDetectBarcodesRequest()
        request.symbologies = [.qr, .ean8, .ean13, .upce, .itf14]
        guard (try? VNImageRequestHandler(cgImage: picture).perform([request])) != nil else { return nil }
        let said = (request.results ?? []).compactMap(\.payloadStringValue).filter { $0.count <= longestText }
        // One that asks for something is meant before one that does not.
        return said.first { Ask(code: $0) != nil } ?? said.first
    }
}
