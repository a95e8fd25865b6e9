// One proposal or agreement with its evidence: the text it refers to, who signed it, and the exact bytes as a file that
// the person hands on. The file goes when the screen is left.
import Foundation
import Observation
import TekramCore

/// relations_agreement.
@MainActor
@Observable
public final class AgreementModel {
    /// Whether the agreement could be read; empty when it is not there.
    public private(set) var phase: Phase = .loading
    /// The agreement.
    public private(set) var agreement: Agreement?
    /// With whom.
    public private(set) var relation: Relation?
    /// The roster's entry; nothing for terms that this version's roster does not have.
    public private(set) var terms: TermsDetail?
    /// What the other side would agree to instead.
    public private(set) var alternative: TermsDetail?
    /// How many bytes are kept.
    public private(set) var size = 0
    /// The exact bytes, to hand on.
    public private(set) var file: URL?
    /// Why they could not be written.
    public private(set) var problem: Problem?

    private let persona: Persona
    private let party: String?
    private let record: String
    private let folder: URL

    /// The agreement `record`; without `party`, every relation is looked through. `folder` is a place of this screen
    /// alone.
    public init(persona: Persona, party: String?, record: String, folder: URL) {
        self.persona = persona
        self.party = party
        self.record = record
        self.folder = folder
    }

    /// Reads the agreement.
    public func load() {
        do {
            guard let (relation, agreement) = try find() else {
                phase = .empty
                return
            }
            size = try persona.agreementBytes(record: record).count
            (self.relation, self.agreement) = (relation, agreement)
            terms = try? TekramCore.terms(id: agreement.terms)
            alternative = agreement.alternative.flatMap { try? TekramCore.terms(id: $0) }
            phase = .ready
        } catch {
            phase = Problem(error).name == "no_such_party" ? .empty : .ended(error)
        }
    }

    /// Reads the agreement, and again after each change, until the screen is left.
    public func follow() async { await persona.follow { load() } }

    /// Writes the bytes as they are to a file.
    public func write() {
        problem = nil
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let file = folder.appending(path: "agreement-\(record.suffix(Self.nameLength)).json")
            try persona.exportAgreement(record: record, path: file.path(percentEncoded: false))
            self.file = file
        } catch {
            problem = Problem(error)
        }
    }

    /// Removes the file.
    public func forget() {
        try? FileManager.default.removeItem(at: folder)
        file = nil
    }

    /// As much of a record's number as tells two files apart.
    private static let nameLength = 12

    private func find() throws -> (Relation, Agreement)? {
        for party in try party.map({ [$0] }) ?? persona.relations().map(\.party) {
            let detail = try persona.relation(party: party)
            if let agreement = detail.agreements.first(where: { $0.record == record }) {
                return (detail.relation, agreement)
            }
        }
        return nil
    }
}

/// A number as it is, in groups of four, to be compared or copied.
public func grouped(_ number: String) -> String {
    var groups: [Substring] = []
    var rest = number[...]
    while !rest.isEmpty {
        groups.append(rest.prefix(4))
        rest = rest.dropFirst(4)
    }
    return groups.joined(separator: " ")
}
