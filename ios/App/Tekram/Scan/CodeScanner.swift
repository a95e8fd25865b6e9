// Reads QR codes and goods' barcodes with the camera, by VisionKit. Pictures are looked at on this device and dropped. A
// number of goods goes to the core's own check; a text is outside input like any other.
import AVFoundation
import SwiftUI
import TekramKit
import Vision
import VisionKit

struct CodeScanner: UIViewControllerRepresentable {
    /// Called once, with what the code says.
    let found: @MainActor (String) -> Void

    /// False where there is no camera, or the person did not allow it: then the screen offers to type.
    @MainActor static var isPossible: Bool { DataScannerViewController.isSupported && leave != .refused }

    /// What the person said about the camera.
    static var leave: Leave {
        switch AVCaptureDevice.authorizationStatus(for: .video) {
        case .authorized: .given
        case .notDetermined: .notAsked
        default: .refused
        }
    }

    /// Asks the person the first time; then says whether the scanner can begin.
    @MainActor static func isReady() async -> Bool {
        guard await AVCaptureDevice.requestAccess(for: .video) else { return false }
        return DataScannerViewController.isAvailable
    }

    func makeUIViewController(context: Context) -> DataScannerViewController {
        let scanner = DataScannerViewController(
            recognizedDataTypes: [.barcode(symbologies: [.qr, .ean8, .ean13, .upce, .itf14])],
            qualityLevel: .balanced,
            recognizesMultipleItems: false,
            isHighlightingEnabled: true)
        scanner.delegate = context.coordinator
        return scanner
    }

    func updateUIViewController(_ scanner: DataScannerViewController, context: Context) {
        // Fails only where `isReady` said no.
        try? scanner.startScanning()
    }

    static func dismantleUIViewController(_ scanner: DataScannerViewController, coordinator: Coordinator) {
        scanner.stopScanning()
    }

    func makeCoordinator() -> Coordinator {
        Coordinator(found: found)
    }

    @MainActor
    final class Coordinator: NSObject, DataScannerViewControllerDelegate {
        /// The most characters a QR code can hold (version 40, numeric).
        private static let longest = 7_089
        private var found: ((String) -> Void)?

        init(found: @escaping @MainActor (String) -> Void) {
            self.found = found
        }

        func dataScanner(
            _ scanner: DataScannerViewController, didAdd added: [RecognizedItem], allItems: [RecognizedItem]
        ) {
            for case .barcode(let code) in added {
                guard let text = code.payloadStringValue, text.count <= Self.longest, let told = found else { continue }
                found = nil
                scanner.stopScanning()
                return told(text)
            }
        }
    }
}
