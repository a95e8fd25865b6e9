// Links, shares and shortcuts come from outside: what they may say, and what is left alone.
import Foundation
import Testing

@testable import TekramKit

@Suite struct AskTests {
    private func ask(_ link: String) -> Ask? { URL(string: link).flatMap { Ask(link: $0) } }

    @Test func aLinkOpensARoom() {
        #expect(ask("tekram:history") == .room(.history))
        #expect(ask("tekram://me/") == .room(.me))
        #expect(ask("TEKRAM:pay") == .room(.pay))
        #expect(ask("tekram:want") == .room(.want))
    }

    @Test func aLinkFillsInOnePage() throws {
        let page = try #require(URL(string: "https://example.org/a?b=1"))
        #expect(ask("tekram:pay?page=https%3A%2F%2Fexample.org%2Fa%3Fb%3D1") == .payMaker(page: page))
    }

    @Test func aLinkFillsInARequest() {
        let hat = Ask.want(what: "blue hat", gtin: "4006381333931", page: nil)
        #expect(ask("tekram:want?what=blue+hat&gtin=4006381333931") == hat)
        #expect(Ask(what: " blue\n\that ", gtin: "4006381333931", page: nil) == hat)
    }

    @Test(arguments: [
        "tekram:pay?page=file%3A%2F%2F%2Fetc", "tekram:pay?page=https%3A%2F%2Fuser%3Aword%40example.org",
        "tekram:pay?page=https%3A%2F%2F", "tekram:want?gtin=123", "tekram:want?gtin=１２３４５６７８", "tekram:unlock",
        "tekram:", "https:pay", "tekram:want?what=" + String(repeating: "a", count: 201),
        "tekram:pay?page=https://example.org/" + String(repeating: "a", count: 4_096),
    ]) func whatALinkMayNotSayIsLeftAlone(_ link: String) {
        #expect(ask(link) == nil)
    }

    @Test func aCodeInAPictureBeginsARequest() throws {
        #expect(Ask(code: " 4006381333931\n") == .want(what: "", gtin: "4006381333931", page: nil))
        let page = try #require(URL(string: "https://example.org/hat"))
        #expect(Ask(code: "https://example.org/hat") == .want(what: "", gtin: nil, page: page))
        for card in ["tekram:want?what=tea&board=wss%3A%2F%2Fa.example", "tekram:want?board=wss%3A%2F%2Fa.example"] {
            #expect(Ask(code: card) == .storeCard(card))
            #expect(StoreCard(card)?.boards == ["wss://a.example"])
        }
    }

    @Test(arguments: [
        "", "hello", "12345", "tekram:pay", "tekram:me", "payto://iban/DE89", "WIFI:S:home;;", "file:///etc",
    ])
    func anotherCodeInAPictureAsksForNothing(_ code: String) {
        #expect(Ask(code: code) == nil)
    }

    @Test @MainActor func aLinkThatIsRefusedIsSaid() throws {
        let queue = AskQueue()
        #expect(queue.open(try #require(URL(string: "tekram:pay"))))
        #expect(!queue.isLinkRefused)
        #expect(!queue.open(try #require(URL(string: "tekram:unlock"))))
        #expect(queue.isLinkRefused)
        #expect(queue.waiting == [.room(.pay)])
    }

    @Test func anAskComesBackFromTheInboxAsItWas() throws {
        let ask = Ask.want(what: "x", gtin: nil, page: URL(string: "https://a.example"))
        #expect(try JSONDecoder().decode(Ask.self, from: JSONEncoder().encode(ask)) == ask)
    }

    @Test @MainActor func asksWaitInOrderAndNotTwice() {
        let queue = AskQueue()
        for ask in [Ask.room(.pay), .room(.want), .room(.pay)] { queue.put(ask) }
        #expect(queue.take() == .room(.pay))
        #expect(queue.take() == .room(.want))
        #expect(queue.take() == nil)
    }

    @Test @MainActor func aFloodOfAsksIsCutOff() {
        let queue = AskQueue()
        for number in 0...AskQueue.most { queue.put(.want(what: "\(number)", gtin: nil, page: nil)) }
        #expect(queue.waiting.count == AskQueue.most)
    }
}
