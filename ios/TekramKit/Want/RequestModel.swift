// One request after it was written: sending it, listening for offers, accepting one, taking it back. Each of these calls
// one use case of the core; what stands on the screen afterwards is read from the core again.
import Foundation
import Observation
import TekramCore

/// want_preview, want_offers, want_accept and want_pickup.
@MainActor
@Observable
public final class RequestModel {
    /// What is being done with a request.
    public enum Doing: Sendable {
        case nothing, sending, collecting, accepting, withdrawing
    }

    /// Whether the request could be read.
    public private(set) var phase: Phase = .loading
    /// The request, with exactly what everybody sees of it.
    public private(set) var intent: Intent?
    /// Its offers, in the core's order.
    public private(set) var offers: Offers?
    /// What came of accepting one.
    public private(set) var accepted: Accepted?
    /// What is being done.
    public private(set) var doing: Doing = .nothing
    /// Sending was stopped by the person.
    public private(set) var isStopped = false
    /// Why the last thing did not work.
    public private(set) var problem: Problem?
    /// Titles of the terms.
    public let roster: [TermsRow]

    private static let collectMs: UInt64 = 30_000
    private static let enoughOffers: UInt32 = 20
    private static let answerMs: UInt64 = 20_000

    private let persona: Persona
    private let number: String
    private var work: Task<Void, any Error>?

    /// The request `number` of `persona`.
    public init(persona: Persona, number: String) {
        self.persona = persona
        self.number = number
        roster = TekramCore.roster()
    }

    /// Nothing is being done.
    public var isFree: Bool { doing == .nothing }

    /// An offer can be accepted while none is, and again when the seller refused.
    public var mayAccept: Bool {
        if let accepted { return accepted.state == "refused" }
        return intent?.state == "open"
    }

    /// What is called `offer`, as long as it stands.
    public func offer(_ offer: String) -> Offer? { offers?.offers.first { $0.offer == offer } }

    /// What came of accepting `offer`.
    public func outcome(of offer: String) -> Accepted? { accepted?.offer == offer ? accepted : nil }

    /// The title and the summary of the request's terms.
    public var terms: TermsRow? { roster.first { $0.id == intent?.terms } }

    /// The pick-up code as a picture to scan.
    public var pickupPicture: QrCode? { accepted?.pickupCode.flatMap { try? qrCode(text: $0) } }

    /// Reads the request, its offers and what was accepted.
    public func load() {
        do {
            // The first call marks requests whose time is over, and the second refuses a number that is unknown.
            let intents = try persona.intents()
            offers = try persona.offers(intent: number)
            intent = intents.first { $0.intent == number }
            accepted = try persona.accepted(intent: number)
            phase = .loaded(intent == nil)
        } catch {
            phase = .ended(error)
        }
    }

    /// Reads everything, and again after each change, until the screen is left.
    public func follow() async { await persona.follow(intentScope) { load() } }

    /// Sends the request. True when it is out.
    public func send() async -> Bool {
        await run(.sending) { [persona, number] in
            _ = try await persona.publish(intent: number).run { _ in }
        }
    }

    /// Listens for offers for a while; those that come are shown at once.
    public func collect() async {
        await run(.collecting) { [persona, number] in
            let task = try persona.collect(intent: number, waitMs: Self.collectMs, enough: Self.enoughOffers)
            _ = try await task.run { _ in }
        }
    }

    /// Accepts `offer` and waits for the seller; called again, it asks again and signs nothing twice.
    public func accept(_ offer: String) async {
        await run(.accepting) { [persona, number] in
            _ = try await persona.acceptOffer(intent: number, offer: offer, waitMs: Self.answerMs)
        }
    }

    /// Takes the request back; a draft is thrown away. True when that is done.
    @discardableResult
    public func withdraw() async -> Bool {
        await run(.withdrawing) { [persona, number] in _ = try await persona.withdraw(intent: number) }
    }

    /// Stops what is being done.
    public func stop() { work?.cancel() }

    @discardableResult
    private func run(_ doing: Doing, _ call: @escaping @MainActor () async throws -> Void) async -> Bool {
        guard isFree else { return false }
        (self.doing, problem, isStopped) = (doing, nil, false)
        let work = Task { try await call() }
        self.work = work
        let answer = await withTaskCancellationHandler {
            await work.result
        } onCancel: {
            work.cancel()
        }
        (self.work, self.doing) = (nil, .nothing)
        load()
        switch answer {
        case .success: return true
        case .failure(let error):
            let problem = Problem(error)
            if problem.isCancelled { isStopped = doing == .sending } else { self.problem = problem }
            return false
        }
    }
}
