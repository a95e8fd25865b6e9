// Relations against the real core: nothing yet, a party that is not there, a locked profile; and the roster in words.
import Foundation
import TekramCore
import Testing

@testable import TekramKit

@MainActor
@Suite struct RelationsTests {
    @Test func aNewProfileHasNoRelations() async throws {
        let profile = try await TestProfile.make()
        let model = RelationsModel(persona: profile.persona)
        #expect(model.phase == .loading)
        model.load()
        #expect(model.phase == .empty)
        #expect(model.relations.isEmpty)
    }

    @Test func aPartyThatIsNotThereIsAnEmptyScreenAndNoFailure() async throws {
        let profile = try await TestProfile.make()
        let model = PartyModel(persona: profile.persona, party: "did:key:z6MkNobody")
        model.load()
        #expect(model.phase == .empty)
        #expect(model.detail == nil)
    }

    @Test func anAgreementThatIsNotThereCannotBeWritten() async throws {
        let profile = try await TestProfile.make()
        let folder = profile.folder.appending(path: "handed-on")
        for party in [nil, "did:key:z6MkNobody"] {
            let model = AgreementModel(persona: profile.persona, party: party, record: "nothing", folder: folder)
            model.load()
            #expect(model.phase == .empty)
            model.write()
            #expect(model.problem != nil)
            #expect(model.file == nil)
            model.forget()
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path))
    }

    @Test func aLockedProfileShowsNoRelations() async throws {
        let profile = try await TestProfile.make()
        try profile.persona.lock()
        let list = RelationsModel(persona: profile.persona)
        list.load()
        #expect(list.phase == .locked)
        let party = PartyModel(persona: profile.persona, party: "did:key:z6MkNobody")
        party.load()
        #expect(party.phase == .locked)
    }

    @Test func allTermsAndClausesOfTheRosterHaveWords() throws {
        let roster = TekramCore.roster()
        #expect(roster.contains { $0.id == "PDC-INTENT" })
        for row in roster {
            let key = "terms_" + row.id.lowercased().replacingOccurrences(of: "-", with: "_")
            #expect(row.titleText == Words.text(key + "_title"))
            #expect(row.summaryText == Words.text(key + "_summary"))
            for clause in try TekramCore.terms(id: row.id).clauses {
                #expect(Words.has("terms_clause_" + clause.name.lowercased()), "\(clause.name)")
            }
        }
        #expect(TermsWords.title("NEW-TERMS", otherwise: "New terms") == "New terms")
        #expect(TermsWords.title("NEW-TERMS", otherwise: nil) == Words.text("common_unknown"))
    }

    @Test func bothHalvesAreSaidInOneSentence() {
        let clause = Clause(rule: .prohibition, name: "TrackingDisallowed", label: "No tracking")
        let relation = Relation(
            party: "did:key:z6Mk", name: nil, nameFrom: nil, mine: .offering, theirs: .open, agreements: 0,
            sinceMs: 0, differs: [DifferingClause(mine: true, clause: clause)])
        #expect(relation.spoken.contains(Words.text("relations_unnamed")))
        #expect(relation.spoken.contains(Words.text("relations_state_offering")))
        #expect(relation.nameNoteKey == "relations_key_only")
        #expect(relation.differing(mine: true) == [clause])
        #expect(relation.differing(mine: false).isEmpty)
    }

    @Test func aFingerprintIsReadInGroups() {
        #expect(grouped("0123456789") == "0123 4567 89")
        #expect(grouped("").isEmpty)
    }
}
