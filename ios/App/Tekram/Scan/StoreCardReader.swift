// Reads a store's card where the device is held to it, by NFC: the first record that is a link of this app's or JSON. Its
// signature is checked by the core; nothing is sent by reading.
import CoreNFC
import Foundation
import TekramKit

@MainActor
final class StoreCardReader: NSObject {
    /// The most that is read of a card.
    private nonisolated static let longestBytes = 16 * 1_024
    private var session: NFCNDEFReaderSession?
    private var answer: CheckedContinuation<String?, Never>?

    static var isPossible: Bool { NFCNDEFReaderSession.readingAvailable }

    /// The card's text, empty when it holds nothing of ours; nothing when the person turned away. `hint` is shown by the
    /// system.
    func read(hint: String) async -> String? {
        guard Self.isPossible, answer == nil else { return nil }
        return await withCheckedContinuation { answer in
            self.answer = answer
            let session = NFCNDEFReaderSession(delegate: self, queue: .main, invalidateAfterFirstRead: true)
            session.alertMessage = hint
            self.session = session
            session.begin()
        }
    }

    private func finish(_ text: String?) {
        answer?.resume(returning: text)
        answer = nil
        session = nil
    }

    nonisolated static func cardText(_ record: NFCNDEFPayload) -> String? {
        guard record.payload.count <= longestBytes else { return nil }
        if let link = record.wellKnownTypeURIPayload() {
            return link.scheme == Ask.scheme ? link.absoluteString : nil
        }
        guard record.typeNameFormat == .media, String(data: record.type, encoding: .utf8) == "application/json" else {
            return nil
        }
        return String(data: record.payload, encoding: .utf8)
    }
}

extension StoreCardReader: NFCNDEFReaderSessionDelegate {
    nonisolated func readerSession(_ session: NFCNDEFReaderSession, didDetectNDEFs messages: [NFCNDEFMessage]) {
        let text = messages.flatMap(\.records).lazy.compactMap(Self.cardText).first ?? ""
        MainActor.assumeIsolated { finish(text) }
    }

    nonisolated func readerSession(_ session: NFCNDEFReaderSession, didInvalidateWithError error: any Error) {
        MainActor.assumeIsolated { finish(nil) }
    }
}
