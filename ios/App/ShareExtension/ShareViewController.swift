// The share sheet's entry. It asks which of the two things is meant, seals it to the inbox in the app group, and ends. It
// links none of the core, reads no vault and talks to nobody.
import SwiftUI
import UIKit

final class ShareViewController: UIViewController {
    override func viewDidLoad() {
        super.viewDidLoad()
        Task { await show(Shared.read(from: extensionContext)) }
    }

    private func show(_ shared: Shared) {
        let choice = ShareChoice(shared: shared) { [weak self] in
            self?.extensionContext?.completeRequest(returningItems: nil)
        }
        let host = UIHostingController(rootView: choice)
        addChild(host)
        host.view.frame = view.bounds
        host.view.autoresizingMask = [.flexibleWidth, .flexibleHeight]
        view.addSubview(host.view)
        host.didMove(toParent: self)
    }
}

/// What another app shared: a page, a text, or both; or a picture, of which the code is all that is kept.
struct Shared: Sendable {
    let page: URL?
    let text: String
    /// What the code in a picture asks for.
    var asked: Ask?
    /// There is a picture.
    var isPicture = false

    private static let longestText = 10_000

    @MainActor
    static func read(from context: NSExtensionContext?) async -> Shared {
        let items = context?.inputItems.compactMap { $0 as? NSExtensionItem } ?? []
        var page: URL?
        var text = items.compactMap { $0.attributedTitle?.string ?? $0.attributedContentText?.string }.first ?? ""
        for provider in items.flatMap({ $0.attachments ?? [] }) {
            if page == nil { page = await link(from: provider).flatMap { Ask.page($0.absoluteString) } }
            if text.isEmpty { text = await words(from: provider) ?? "" }
        }
        if page == nil { page = firstPage(in: text) }
        var shared = Shared(page: page, text: String(text.prefix(longestText)))
        let picture = items.flatMap { $0.attachments ?? [] }.first(where: PictureCode.isPicture)
        // A page often comes with a picture of itself.
        guard let picture, page == nil else { return shared }
        shared.isPicture = true
        shared.asked = await PictureCode.read(from: picture).flatMap { Ask(code: $0) }
        return shared
    }

    /// Many apps share a sentence with a link in it.
    private static func firstPage(in text: String) -> URL? {
        text.prefix(longestText).split(whereSeparator: \.isWhitespace).lazy.compactMap { Ask.page(String($0)) }.first
    }

    @MainActor
    private static func link(from provider: NSItemProvider) async -> URL? {
        guard provider.canLoadObject(ofClass: URL.self) else { return nil }
        return await withCheckedContinuation { answer in
            _ = provider.loadObject(ofClass: URL.self) { link, _ in answer.resume(returning: link) }
        }
    }

    @MainActor
    private static func words(from provider: NSItemProvider) async -> String? {
        guard provider.canLoadObject(ofClass: String.self) else { return nil }
        return await withCheckedContinuation { answer in
            _ = provider.loadObject(ofClass: String.self) { said, _ in answer.resume(returning: said) }
        }
    }
}
