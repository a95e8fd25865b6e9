// Showing a proof to somebody: what is chosen, exactly what leaves and what stays, and the answer that was made. What leaves
// is read from what the core would hand out; the core writes it into the record of who saw what before it hands it out.
import Foundation
import Observation
import TekramCore

/// keep_show.
@MainActor
@Observable
public final class ShowModel {
    /// Whether the proof could be read.
    public private(set) var phase: Phase = .loading
    /// The proof.
    public private(set) var proof: Credential?
    /// Everybody that it can be noted for.
    public private(set) var relations: [Relation] = []
    /// To whom it is shown; nothing for somebody who is in no relation.
    public var party: String? {
        didSet { forgetAnswer() }
    }
    /// The other side's address, as it names itself.
    public var audience = "" {
        didSet { forgetAnswer() }
    }
    /// The other side's one-time number.
    public var nonce = "" {
        didSet { forgetAnswer() }
    }
    /// Exactly what the other side will see.
    public private(set) var leaves: [Claim] = []
    /// Why the answer was not made, or could not be drawn.
    public private(set) var problem: Problem?
    /// What the other side gets.
    public private(set) var answer: String?
    /// The answer as a code.
    public private(set) var code: QrCode?

    /// Paths of what was chosen, of what may be left out.
    private var chosen: Set<String> = []
    private let persona: Persona
    private let id: String

    /// For the proof `id` of `persona`.
    public init(persona: Persona, id: String) {
        (self.persona, self.id) = (persona, id)
    }

    /// Begins anew: nothing is chosen, nothing was answered.
    public func load() {
        do {
            let proof = try persona.credential(id: id)
            relations = try persona.relations()
            self.proof = proof
            chosen = []
            leaves = try persona.previewDisclosure(id: id, paths: [])
            // One that is bound to a relation's key is most often shown there.
            party = relations.first { $0.party == proof.relation }?.party
            phase = .ready
        } catch {
            phase = .ended(error)
        }
    }

    /// Whether anything of it can be left out.
    public var isInPart: Bool { proof?.claims.contains { $0.disclosable } ?? false }

    /// What the other side will not see.
    public var stays: [Claim] {
        let gone = Set(leaves.map(\.path))
        return (proof?.claims ?? []).filter { $0.disclosable && !gone.contains($0.path) }
    }

    /// Whether the claim at this path goes along.
    public subscript(goes path: String) -> Bool {
        get { chosen.contains { $0 == path || $0.hasPrefix(path + "/") } }
        set {
            if newValue {
                chosen.insert(path)
            } else {
                // Without it, nothing within it can be seen either.
                chosen = chosen.filter { $0 != path && !$0.hasPrefix(path + "/") }
            }
            forgetAnswer()
            do {
                leaves = try persona.previewDisclosure(id: id, paths: chosen.sorted())
            } catch {
                problem = Problem(error)
            }
        }
    }

    /// The other side has asked: without its question there is no answer.
    public var mayAnswer: Bool { phase == .ready && !audience.trimmed.isEmpty && !nonce.trimmed.isEmpty }

    /// Makes the answer.
    public func makeAnswer() {
        guard mayAnswer else { return }
        forgetAnswer()
        do {
            answer = try persona.discloseCredential(
                id: id, paths: chosen.sorted(), party: party ?? audience.trimmed, nonce: nonce.trimmed,
                audience: audience.trimmed)
        } catch {
            problem = Problem(error)
        }
    }

    /// Draws the answer as a code, where it is short enough for one.
    public func draw() {
        guard let answer else { return }
        do {
            code = try qrCode(text: answer)
            problem = nil
        } catch {
            problem = Problem(error)
        }
    }

    /// Another question needs another answer.
    private func forgetAnswer() { (answer, code, problem) = (nil, nil, nil) }
}
