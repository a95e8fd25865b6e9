// Purchases, memberships and preferences, against the real core.
import Foundation
import TekramCore
import Testing

@testable import TekramKit

@MainActor
@Suite struct KeepDealingsTests {
    private let profile: TestProfile
    private var persona: Persona { profile.persona }

    init() async throws { profile = try await TestProfile.make() }

    private func folder() -> URL { profile.folder.appending(path: "screen-\(UUID().uuidString)") }

    @Test func aPurchaseIsTypedFoundGivenAReceiptAndRemovedWithIt() async throws {
        let form = PurchaseFormModel(persona: persona, locale: Locale(identifier: "de_DE"))
        #expect(form.fields.currency == "EUR")
        form.fields.seller = " Bäckerei Huber "
        form.fields.amount = "zwölf"
        form.save()
        #expect(form.isUnreadable && !form.isDone)
        form.fields.amount = "12,50"
        form.fields.lines[0].name = "Brot"
        form.fields.lines[0].count = 2
        form.fields.lines[0].price = "6,25"
        form.addLine()
        form.save()
        #expect(form.isDone && form.problem == nil)

        let list = PurchasesModel(persona: persona)
        list.load()
        let purchase = try #require(list.months.first?.purchases.first)
        #expect(purchase.seller == "Bäckerei Huber" && purchase.total == Money(amountMinor: 1250, currency: "EUR"))
        #expect(purchase.items.map(\.text) == ["2 × Brot"])
        list.text = "brot"
        #expect(list.purchases.count == 1)
        list.text = "Schuhe"
        #expect(list.purchases.isEmpty && list.phase == .ready, "the field for searching stays")

        let model = PurchaseModel(persona: persona, id: purchase.id, folder: folder())
        model.purchase.load()
        await model.attach(URL(filePath: try profile.file("receipt.txt", "2 Brot 12,50")))
        #expect(model.purchase.value?.receipt?.file.mediaType == "text/plain")
        await model.write()
        let written = try #require(model.written)
        #expect(try String(contentsOf: written, encoding: .utf8) == "2 Brot 12,50")
        model.forget()
        #expect(!FileManager.default.fileExists(atPath: written.path))
        await model.detach()
        #expect(model.purchase.value?.receipt == nil)
        #expect(try persona.files().isEmpty)
        await model.attach(URL(filePath: try profile.file("again.txt", "2 Brot")))
        await model.remove()
        #expect(model.purchase.isOver)
        #expect(try persona.files().isEmpty)
        list.text = ""
        #expect(list.phase == .empty)
    }

    @Test func aTableIsReadOnceItsColumnsAreNamedAndItsBadLinesAreNamed() async throws {
        let table = try profile.file(
            "bank.csv",
            "Datum;Wer;Betrag\n28.02.2026;Buchladen;-19,90\n01.03.2026;Bäckerei;-3,40\nirgendwann;Kino;-9,00\n")
        let model = PurchaseImportModel(persona: persona, folder: folder())
        await model.look(at: URL(filePath: table))
        #expect(model.table?.headings == ["Datum", "Wer", "Betrag"] && model.table?.delimiter == ";")
        #expect(!model.mayRead)
        model[place: .seller] = .column("Wer")
        model[place: .date] = .column("Datum")
        model[place: .total] = .column("Betrag")
        model[place: .currency] = .fixed
        #expect(!model.mayRead, "the currency is not said yet")
        #expect(model.example(.seller) == "Buchladen")
        model[fixed: .currency] = "EUR"
        (model.dateForm, model.decimal, model.paidIsNegative) = (.dayFirst, ",", true)
        #expect(model.mayRead)
        await model.read()
        #expect(model.problem == nil && model.table == nil)
        let arrived = try #require(model.arrived)
        #expect(arrived.held == 2 && arrived.faults.map(\.line) == [4])
        #expect(arrived.faults[0].text.contains("4"))
        let batch = HeldBatchModel(persona: persona, number: try #require(arrived.batch))
        await batch.load()
        #expect(batch.items.rows.map(\.titleText) == ["Buchladen", "Bäckerei"])
        #expect(try persona.purchases(text: "", fromMs: nil, untilMs: nil).isEmpty, "nothing counts before it is added")
        await batch.accept()
        #expect(batch.done == .added(2, alike: 0))
        #expect(try persona.purchases(text: "", fromMs: nil, untilMs: nil).count == 2)
    }

    @Test func ordersWaitAndWhatIsNoTableIsRefused() async throws {
        let model = PurchaseImportModel(persona: persona, folder: folder())
        await model.look(at: profile.folder.appending(path: "none.csv"))
        #expect(model.problem?.name == "file_unusable")
        let orders = try profile.file(
            "orders.json",
            #"{"@context":"https://schema.org","@type":"Order","orderNumber":"A-1","orderDate":"2026-03-02","#
                + #""seller":{"@type":"Organization","name":"Buchladen"},"price":"19.90","priceCurrency":"EUR"}"#)
        await model.readOrders(URL(filePath: orders))
        #expect(model.problem == nil && model.arrived?.held == 1)
    }

    @Test func aMembershipIsScannedShownAndRemoved() async throws {
        let form = MembershipFormModel(persona: persona)
        #expect(!form.maySave)
        let phone = MemoryPhone()
        phone.card = "M-4711"
        await form.scan(with: phone)
        #expect(form.number == "M-4711" && form.codeText == "M-4711")
        (form.organisation, form.codeKind, form.until) = (" Bücherei ", "QR_CODE", "someday")
        form.save()
        #expect(form.problem?.name == "bad_field" && !form.isDone)
        form.until = "2027-12-31"
        form.save()
        #expect(form.isDone)
        let entry = try #require(try persona.memberships().first)
        let model = MembershipModel(persona: persona, id: entry.id)
        model.card.load()
        let shown: MembershipCard? = model.card.value ?? nil
        let card = try #require(shown)
        #expect(card.membership.organisation == "Bücherei" && card.shownNumber == "M-4711")
        #expect(card.code != nil && !card.isNotDrawn)
        await model.remove()
        #expect(model.card.isOver)
        #expect(try persona.memberships().isEmpty)
    }

    @Test func preferencesAreKeptOnceForEachThingAndRemoved() async throws {
        let model = PreferencesModel(persona: persona)
        model.preferences.load()
        #expect(model.preferences.phase == .empty && !model.mayAdd)
        (model.topic, model.value, model.isAdding) = (" Food ", "Gluten", true)
        await model.add()
        #expect(!model.isAdding && model.topic.isEmpty)
        (model.topic, model.value, model.stance) = ("Food", "Gluten", .avoids)
        await model.add()
        let kept = try #require(model.topics.first?.preferences)
        #expect(kept.map(\.value) == ["Gluten"] && kept.first?.stance == .avoids)
        await model.remove(kept[0])
        #expect(model.preferences.phase == .empty)
    }
}
