// Choosing a picture for a profile. The system's picker runs outside the app, which gets the one picture that was chosen and no
// leave for the others. It is drawn anew, small and square, so that nothing which the camera wrote beside it comes along.
import PhotosUI
import UIKit
import UniformTypeIdentifiers

@MainActor
enum PicturePicker {
    /// What was chosen cannot be drawn, or not small enough.
    struct Unusable: Error {}

    /// The picture as JPEG of at most `mostBytes`; nothing when the person turned away.
    static func choose(over root: UIViewController, mostBytes: Int) async throws -> Data? {
        guard let item = await PickerSession.show(over: root) else { return nil }
        guard let bytes = await bytes(of: item), let picture = UIImage(data: bytes) else { throw Unusable() }
        guard let small = shrink(picture, mostBytes: mostBytes) else { throw Unusable() }
        return small
    }

    private static func bytes(of item: NSItemProvider) async -> Data? {
        await withCheckedContinuation { continuation in
            _ = item.loadDataRepresentation(for: .image) { bytes, _ in continuation.resume(returning: bytes) }
        }
    }

    /// The largest of these that fits.
    private static func shrink(_ picture: UIImage, mostBytes: Int) -> Data? {
        for side in [256, 192, 128, 96] as [CGFloat] {
            let square = squared(picture, side: side)
            for quality in [0.8, 0.65, 0.5, 0.35] as [CGFloat] {
                if let bytes = square.jpegData(compressionQuality: quality), bytes.count <= mostBytes { return bytes }
            }
        }
        return nil
    }

    /// The middle of it, as large as it goes.
    private static func squared(_ picture: UIImage, side: CGFloat) -> UIImage {
        let format = UIGraphicsImageRendererFormat()
        (format.scale, format.opaque) = (1, true)
        let size = CGSize(width: side, height: side)
        return UIGraphicsImageRenderer(size: size, format: format).image { context in
            UIColor.systemBackground.setFill()
            context.fill(CGRect(origin: .zero, size: size))
            let factor = max(side / max(1, picture.size.width), side / max(1, picture.size.height))
            let drawn = CGSize(width: picture.size.width * factor, height: picture.size.height * factor)
            let corner = CGPoint(x: (side - drawn.width) / 2, y: (side - drawn.height) / 2)
            picture.draw(in: CGRect(origin: corner, size: drawn))
        }
    }
}

/// One showing of the picker; it lives until the person chose or turned away.
@MainActor
private final class PickerSession: NSObject, PHPickerViewControllerDelegate, UIAdaptivePresentationControllerDelegate {
    private static var running: PickerSession?
    private var continuation: CheckedContinuation<NSItemProvider?, Never>?

    static func show(over root: UIViewController) async -> NSItemProvider? {
        guard running == nil else { return nil }
        let session = PickerSession()
        running = session
        defer { running = nil }
        return await withCheckedContinuation { continuation in
            session.continuation = continuation
            var configuration = PHPickerConfiguration()
            (configuration.filter, configuration.selectionLimit) = (.images, 1)
            let picker = PHPickerViewController(configuration: configuration)
            picker.delegate = session
            picker.presentationController?.delegate = session
            root.present(picker, animated: true)
        }
    }

    func picker(_ picker: PHPickerViewController, didFinishPicking results: [PHPickerResult]) {
        picker.dismiss(animated: true)
        end(results.first?.itemProvider)
    }

    func presentationControllerDidDismiss(_ presentationController: UIPresentationController) { end(nil) }

    private func end(_ item: NSItemProvider?) {
        continuation?.resume(returning: item)
        continuation = nil
    }
}
