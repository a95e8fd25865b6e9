// What is kept, against the real core: about the person, proofs and showing them, and the holding pen.
import Foundation
import TekramCore
import Testing

@testable import TekramKit

/// A student card that anybody may show, as an issuer known by its `did:key` signed it: SD-JWT VC (RFC 9901), Ed25519. The
/// number is always seen, the names only when they are chosen.
enum StudentCard {
    static let type = "https://university.example/student_card"
    static let givenName = "WyJzMSIsImdpdmVuX25hbWUiLCJBZGEiXQ"
    static let familyName = "WyJzMiIsImZhbWlseV9uYW1lIiwiTG92ZWxhY2UiXQ"
    static let head =
        "eyJhbGciOiJFZERTQSIsInR5cCI6ImRjK3NkLWp3dCJ9.eyJpc3MiOiJkaWQ6a2V5Ono2TWt0TGJIcWdRRFpYaW0zcUJwaTlOTnNvekEzdFFN"
        + "Qm96QW91N2U3VWpDNVpDaSIsInZjdCI6Imh0dHBzOi8vdW5pdmVyc2l0eS5leGFtcGxlL3N0dWRlbnRfY2FyZCIsIl9zZF9hbGciOiJzaGEt"
        + "MjU2IiwiX3NkIjpbImdzR0dqSFpEWWp1TWpyUU15bDBCbVJqc1U2UjlUR29jS3FFSW9seTQ3bk0iLCJFUGI0N0Q5WW9rRHBPSXlFNmdzNEdr"
        + "WDFhUElWcFFINkZPSTFqdFRuZjFZIl0sInN0dWRlbnRfbnVtYmVyIjoiRS0xMTg0MiJ9."
    static let signature = "wbWwtIz1VUjkjBQt3eRupkAwSTpOdBOhTwMOOuec4lY_4rySRciBpzW6cGX6M-kTQD00LkGu9vshUS_THlZtDQ"
    static let text = "\(head)\(signature)~\(givenName)~\(familyName)~"
    static let forged = "\(head)a\(signature.dropFirst())~\(givenName)~\(familyName)~"
}

@MainActor
@Suite struct KeepTests {
    private let profile: TestProfile
    private var persona: Persona { profile.persona }

    init() async throws { profile = try await TestProfile.make() }

    private func say(_ fields: AttributeFields, changing attribute: Attribute? = nil) -> AttributeFormModel {
        let form = AttributeFormModel(persona: persona, changing: attribute)
        form.fields = fields
        form.save()
        return form
    }

    private func email(_ text: String, label: String = "") -> AttributeFields {
        var fields = AttributeFields()
        (fields.kind, fields.text, fields.label) = (.email, text, label)
        return fields
    }

    private func standing() throws -> [Attribute] { try persona.attributes() }

    private func received() async throws -> HeldBatchModel {
        let receive = ReceiveModel(persona: persona)
        receive.content = " \(StudentCard.text)\n"
        await receive.receive()
        #expect(receive.problem == nil)
        let batch = HeldBatchModel(persona: persona, number: try #require(receive.batch))
        await batch.load()
        return batch
    }

    private func proof() async throws -> Credential {
        let batch = try await received()
        await batch.accept()
        #expect(batch.problem == nil)
        return try #require(try persona.credentials().first)
    }

    // MARK: About the person

    @Test func aChangedAddressMovesTheOldOneToTheHistoryAndBothAreForgottenTogether() async throws {
        let list = AttributesModel(persona: persona)
        list.attributes.load()
        #expect(list.attributes.phase == .empty)
        #expect(say(email(" ada.byron@example.org ", label: "home")).isDone)
        let old = try #require(try standing().first)
        #expect(old.text == "ada.byron@example.org" && old.source == .selfAsserted)
        #expect(old.nameText == "Home")
        #expect(say(email("ada@example.org", label: "home"), changing: old).isDone)

        let model = AttributeModel(persona: persona, id: old.id)
        model.history.load()
        #expect(model.history.value?.all.map(\.text) == ["ada@example.org", "ada.byron@example.org"])
        #expect(model.history.value?.all.map { $0.untilMs == nil } == [true, false])
        await model.end()
        #expect(model.history.value?.all.allSatisfy { $0.untilMs != nil } == true)
        list.attributes.load()
        #expect(list.attributes.phase == .empty)
        await model.forget()
        #expect(model.history.isOver && model.history.problem == nil)
        let gone = AttributeModel(persona: persona, id: old.id)
        gone.history.load()
        guard case .failed(let problem) = gone.history.phase else {
            Issue.record("it is still there")
            return
        }
        #expect(problem.name == "no_such_holding")
    }

    @Test func whatCannotBeAnAddressIsRefusedAtItsField() throws {
        let form = say(email("ada at example"))
        #expect(form.problem?.name == "bad_field" && form.wrongField == "email" && !form.isDone)
        form.fields.text = "ada@example.org"
        #expect(form.problem == nil)
        #expect(try standing().isEmpty)
    }

    @Test func everyKindIsKeptAsItWasTyped() throws {
        var name = AttributeFields()
        (name.text, name.givenName, name.familyName) = ("Ada Lovelace", "Ada", "Lovelace")
        var telephone = AttributeFields()
        (telephone.kind, telephone.text) = (.telephone, "+43 1 234567")
        var address = AttributeFields()
        (address.kind, address.label, address.street) = (.address, "work", "Ringstraße 1")
        (address.postalCode, address.town, address.country) = ("1010", "Wien", "at")
        var birth = AttributeFields()
        (birth.kind, birth.text) = (.birthDate, "1990-12-10")
        var free = AttributeFields()
        (free.kind, free.freeName, free.text) = (.free, "shoe size", "39")
        for fields in [name, telephone, address, birth, free] {
            #expect(say(fields).problem == nil, "\(fields.kind)")
        }
        let model = AttributesModel(persona: persona)
        model.attributes.load()
        let groups = try #require(model.attributes.value?.groups)
        #expect(groups.map(\.kind) == [.name, .telephone, .address, .birthDate, .free])
        address.country = "AT"
        #expect(AttributeFields(groups[2].attributes[0]) == address)
        #expect(groups[4].attributes[0].nameText == "shoe size")
    }

    // MARK: Proofs

    @Test func aProofWaitsFirstThenStandsWithWhatItConfirmsAndEndsWithIt() async throws {
        let batch = try await received()
        let keep = KeepModel(persona: persona)
        keep.counts.load()
        #expect(keep.counts.value?.proofs == 0)
        let waiting = try #require(keep.counts.value?.waiting)
        #expect(waiting > 0 && UInt32(waiting) == batch.batch?.held)
        #expect(batch.items.rows.first?.kind == .credential)
        #expect(batch.items.rows.first?.titleText == "student card")
        await batch.accept()
        guard case .added(let count, 0) = batch.done else {
            Issue.record("nothing was added: \(String(describing: batch.problem))")
            return
        }
        #expect(count == UInt32(waiting))

        let proof = try #require(try persona.credentials().first)
        #expect(proof.state == .valid && proof.credentialType == StudentCard.type && proof.typeText == "student card")
        let name = try #require(try standing().first { $0.proofId == proof.id })
        #expect(name.text == "Ada Lovelace")
        let model = ProofModel(persona: persona, id: proof.id)
        model.proof.load()
        await model.check()
        #expect(model.proof.problem == nil, "it cannot be revoked: nobody is asked")
        await model.remove()
        #expect(model.proof.isOver)
        #expect(try persona.credentials().isEmpty && standing().isEmpty)
    }

    @Test func onlyWhatWasChosenLeavesAndOnlyWhenSomebodyAsked() async throws {
        let model = ShowModel(persona: persona, id: try await proof().id)
        model.load()
        #expect(model.leaves.map(\.path) == ["/student_number"], "nothing is chosen by itself")
        #expect(model.isInPart)
        model[goes: "/given_name"] = true
        #expect(model.leaves.contains { $0.path == "/given_name" && $0.text == "Ada" })
        #expect(model.stays.map(\.path) == ["/family_name"])
        model.makeAnswer()
        #expect(model.answer == nil, "nobody has asked yet")
        (model.audience, model.nonce) = ("https://cinema.example", "n-0S6")
        model.makeAnswer()
        let answer = try #require(model.answer)
        #expect(answer.contains(StudentCard.givenName) && !answer.contains(StudentCard.familyName))
        model.draw()
        #expect(model.code != nil || model.problem?.name == "qr_too_long")
        let seen = try persona.audit(
            text: "", kinds: ["disclosure"], fromMs: nil, untilMs: nil, after: nil, limit: 10)
        #expect(seen.items.first?.party == "https://cinema.example")
        model[goes: "/given_name"] = false
        #expect(model.answer == nil && model.leaves.map(\.path) == ["/student_number"])
    }

    @Test func aForgedProofIsRefusedAndNothingWaits() async throws {
        let receive = ReceiveModel(persona: persona)
        receive.content = StudentCard.forged
        await receive.receive()
        #expect(receive.problem?.name == "bad_credential_signature")
        receive.content = "not a proof"
        #expect(receive.problem == nil)
        await receive.receive()
        #expect(receive.problem != nil && receive.batch == nil)
        #expect(try persona.penBatches().isEmpty)
    }

    @Test func aProofIsReadFromAFileAndEachIssuerGetsAKeyOfItsOwn() async throws {
        let receive = ReceiveModel(persona: persona)
        await receive.receive(from: profile.folder.appending(path: "none.txt"))
        #expect(receive.problem?.name == "file_unusable")
        await receive.receive(from: URL(filePath: try profile.file("card.txt", StudentCard.text + "\n")))
        #expect(receive.problem == nil && receive.batch != nil && receive.content.isEmpty)
        receive.issuer = " university.example "
        receive.showKey()
        let key = try #require(receive.key)
        receive.issuer = "cinema.example"
        #expect(receive.key == nil)
        receive.showKey()
        #expect(receive.key != nil && receive.key != key)
    }

    // MARK: The holding pen

    @Test func ofABatchSomeIsAddedTheRestThrownAwayAndAllOfItIsUndone() async throws {
        let model = try await received()
        let held = try #require(model.batch?.held)
        model[chosen: 1] = true
        await model.accept()
        #expect(model.done == .added(1, alike: 0) && model.chosen.isEmpty)
        #expect(model.items.rows.first?.state == .accepted)
        await model.reject()
        #expect(model.done == .thrownAway(held - 1))
        await model.undo()
        #expect(model.done.map { if case .undone = $0 { true } else { false } } == true)
        #expect(try persona.credentials().isEmpty)
        #expect(model.batch?.held == held)
        await model.discard()
        #expect(model.isDiscarded && model.phase == .empty)
        await model.accept()
        #expect(model.problem?.name == "no_such_pen_batch")
    }

    @Test func meSaysThatSomethingWaitsAndNothingIsReadWhileLocked() async throws {
        let app = AppModel(agent: profile.agent)
        app.opened(persona)
        let me = MeModel(app: app, persona: persona)
        me.load()
        #expect(me.waiting == 0)
        let batch = try await received()
        me.load()
        #expect(me.waiting == Int(batch.batch?.held ?? 0) && me.waiting > 0)
        app.lock()
        let keep = KeepModel(persona: persona)
        keep.counts.load()
        #expect(keep.counts.phase == .locked)
    }
}
