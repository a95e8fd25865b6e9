// Showing a part of the log to a party: to whom, under which agreement, which days, and what of each listen, exactly, blurred or not
// at all. What they will read is asked of the core at each change, and what was seen is what is signed.
import Foundation
import Observation
import TekramCore

/// history_share_compose.
@MainActor
@Observable
public final class ExtractModel {
    /// Whether it could begin.
    public private(set) var phase: Phase = .loading
    /// The extract of which more is shown; nothing for a new one.
    public private(set) var of: ListenExtract?
    /// Everybody with whom there is an agreement.
    public private(set) var relations: [Relation] = []
    /// To whom; the agreements that both have signed follow.
    public var party: String? { didSet { if party != oldValue { readAgreements() } } }
    /// Agreements with the party that both have signed.
    public private(set) var agreements: [Agreement] = []
    /// Record id of the one that it is given under.
    public var agreement: String? { didSet { forgetAnswer() } }
    /// Of which days.
    public var range = DayRange() { didSet { if range != oldValue { changed() } } }
    /// What can be said of a listen, each with what can be said in its place.
    public private(set) var parts: [ExtractPart] = []
    /// What the party calls itself.
    public var audience = "" { didSet { forgetAnswer() } }
    /// The party's one-time text.
    public var nonce = "" { didSet { forgetAnswer() } }
    /// What they will read; nothing while it is not known.
    public private(set) var preview: [ExtractListen]?
    /// Why that cannot be said.
    public private(set) var previewProblem: Problem?
    /// It is being signed.
    public private(set) var isBusy = false
    /// Why it was not signed, or could not be drawn.
    public private(set) var problem: Problem?
    /// What the party gets.
    public private(set) var answer: String?
    /// The answer as a code.
    public private(set) var code: QrCode?

    private var said: [String: String] = [:]
    private let persona: Persona
    private let extract: String?
    private let zone: TimeZone
    private var previewed = Newest()

    /// A new extract, or more of the one called `extract`. Days are those of `zone`.
    public init(persona: Persona, extract: String? = nil, zone: TimeZone = .current) {
        (self.persona, self.extract, self.zone) = (persona, extract, zone)
    }

    /// Begins anew: nothing is chosen, nothing was signed.
    public func load() {
        do {
            of = try extract.flatMap { id in try persona.disclosedListens().first { $0.extract == id } }
            relations = try persona.relations().filter { $0.agreements > 0 || $0.party == of?.party }
            parts = extractParts()
            if let last = of?.shown.last { audience = last.audience }
            phase = .ready
        } catch {
            phase = .ended(error)
        }
    }

    /// The party of which more is shown.
    public var nameText: String { of.map { relations.name(of: $0.party) } ?? "" }

    private func readAgreements() {
        (agreements, agreement) = ([], nil)
        guard let party else { return }
        do {
            agreements = try persona.relation(party: party).agreements.filter { $0.signedByMe && $0.signedByThem }
            agreement = agreements.first?.record
        } catch {
            problem = Problem(error)
        }
    }

    /// What is said for a part: itself, a blur of it, or nothing.
    public subscript(says part: String) -> String? {
        get { said[part] }
        set {
            said[part] = newValue
            changed()
        }
    }

    /// Names of what is said of each listen.
    public var fields: [String] { Set(said.values).sorted() }

    /// Asks what they will read. Called after each change.
    public func look() async {
        guard preview == nil, !said.isEmpty, range.fits else { return }
        let read = previewed.begin()
        do {
            let listens = try await persona.previewExtract(choice: choice, shown: fields)
            if previewed.takes(read) { (preview, previewProblem) = (listens, nil) }
        } catch {
            if previewed.takes(read) { previewProblem = Problem(error) }
        }
    }

    /// Whether it can be signed: what they will read was seen.
    public var maySign: Bool {
        preview != nil && !trimmed(nonce).isEmpty && (of != nil || (party != nil && agreement != nil)) && !isBusy
    }

    /// Signs it.
    public func sign() async {
        guard maySign else { return }
        (isBusy, problem) = (true, nil)
        defer { isBusy = false }
        do {
            let (audience, nonce) = (trimmed(audience), trimmed(nonce))
            if let of {
                answer = try await persona.discloseMoreListens(
                    extract: of.extract, shown: fields, audience: audience, nonce: nonce
                ).presentation
            } else if let party, let agreement {
                answer = try await persona.discloseListens(
                    party: party, agreement: agreement, choice: choice, shown: fields, audience: audience, nonce: nonce
                ).presentation
            }
        } catch {
            problem = Problem(error)
        }
    }

    /// Draws the answer as a code, where it is short enough for one.
    public func draw() {
        guard let answer else { return }
        do {
            code = try qrCode(text: answer)
        } catch {
            problem = Problem(error)
        }
    }

    private var choice: ListenChoice {
        guard let of else { return ListenChoice(fromMs: range.fromMs(zone), toMs: range.toMs(zone)) }
        return ListenChoice(fromMs: of.fromMs, toMs: of.toMs)
    }

    /// What they will read is another thing now.
    private func changed() {
        (preview, previewProblem) = (nil, nil)
        // An answer that is on its way is to what was said before.
        _ = previewed.takes(previewed.begin())
        forgetAnswer()
    }

    private func forgetAnswer() { (answer, code, problem) = (nil, nil, nil) }

    private func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .whitespacesAndNewlines) }
}
