// Purchases, their imports and receipts, and memberships, against the real core and with files of a folder.
package tekram.ui.keep

import org.junit.jupiter.api.Test
import tekram.ffi.CsvDate
import tekram.ffi.CsvField
import tekram.ui.CoreTest
import tekram.ui.common.Phase
import tekram.ui.common.PlainDevice
import tekram.ui.start.Session
import java.io.File
import java.time.Clock
import java.time.Instant
import java.time.ZoneId
import java.util.Locale
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue

class DealingsModelTest : CoreTest() {
    private val clock = Clock.fixed(Instant.parse("2026-11-23T10:00:00Z"), ZoneId.of("Europe/Berlin"))
    private val device =
        object : PlainDevice() {
            val letGo = mutableListOf<String>()
            var picked: String? = null

            override suspend fun pickFile() = picked

            override suspend fun newFile(suggestedName: String) = folder.resolve("saved-$suggestedName").toString()

            override suspend fun letGo(path: String) {
                letGo += path
            }
        }

    private fun file(
        name: String,
        content: ByteArray,
    ): String = folder.resolve(name).toFile().apply { writeBytes(content) }.path

    private suspend fun Session.buy(fields: PurchaseFields): Long {
        val form = PurchaseFormModel(this)
        form.begin(clock, "EUR")
        form.edit { fields }
        form.save(clock, Locale.UK)
        form.state.until("it is kept") { it.done || it.failure != null }
        return assertNotNull(persona.purchases(fields.seller, null, null).firstOrNull()).id
    }

    private val bread =
        PurchaseFields("Bakery Stein", "2026-11-14", "7.80", "eur", "", listOf(ItemFields("Sourdough loaf", "1", "4.80"), ItemFields("Roll", "3", "1")))

    @Test
    fun `a purchase is typed in and found by what was bought`() =
        story {
            val session = session()
            val list = PurchasesModel(session)
            list.state.until("nothing") { it.phase == Phase.Empty }
            val id = session.buy(bread)
            val kept = list.state.until("the purchase") { it.purchases.isNotEmpty() }.purchases.single()
            assertEquals(Triple(id, 780L, "EUR"), Triple(kept.id, kept.total.amountMinor, kept.total.currency))
            assertEquals(listOf(480L, 100L), kept.items.map { it.price?.amountMinor })
            list.search("sourDOUGH")
            list.state.until("it is found") { it.text == "sourDOUGH" && it.purchases.size == 1 }
            list.search("teapot")
            assertEquals(Phase.Ready, list.state.until("nothing is found") { it.purchases.isEmpty() }.phase, "the search stays on the screen")
        }

    @Test
    fun `an amount or a day that cannot be read is not kept`() {
        assertNull(bread.copy(amount = "seven").purchase(clock, Locale.UK))
        assertNull(bread.copy(day = "14 November").purchase(clock, Locale.UK))
        assertNull(bread.copy(items = listOf(ItemFields("Roll", "some"))).purchase(clock, Locale.UK))
        val german = assertNotNull(bread.copy(amount = "1.007,80", items = listOf(ItemFields())).purchase(clock, Locale.GERMANY))
        assertEquals(100_780L, german.total.amountMinor)
        assertTrue(german.items.isEmpty())
        assertEquals("2026-11-13T23:00:00Z", Instant.ofEpochMilli(german.orderedMs).toString(), "the day begins where the person is")
        story {
            val form = PurchaseFormModel(session())
            form.begin(clock, "EUR")
            assertEquals("2026-11-23", form.state.value.fields.day)
            form.edit { bread.copy(day = "yesterday") }
            form.save(clock, Locale.UK)
            assertTrue(form.state.value.unreadable)
        }
    }

    @Test
    fun `a receipt is kept beside a purchase, saved elsewhere and goes with it`() =
        story {
            val session = session()
            val model = PurchaseModel(session, session.buy(bread))
            val photo = ByteArray(200_000) { (it % 251).toByte() }
            device.picked = file("receipt.jpg", photo)
            model.attach(device)
            val kept = model.state.until("the receipt") { it.value?.receipt != null && !it.busy }.value!!.receipt!!
            assertEquals(Triple("receipt.jpg", "image/jpeg", 200_000uL), kept.file.run { Triple(name, mediaType, bytes) })
            assertContentEquals(photo, kept.picture)
            assertEquals(listOf(device.picked), device.letGo.toList(), "the copy is not left behind")
            model.save(device)
            model.state.until("it is saved") { !it.busy }
            assertContentEquals(photo, File("$folder/saved-receipt.jpg").readBytes())
            model.remove()
            model.state.until("it is gone") { it.done }
            assertTrue(session.persona.files().isEmpty())
        }

    @Test
    fun `a receipt is taken off and another one attached`() =
        story {
            val session = session()
            val model = PurchaseModel(session, session.buy(bread))
            device.picked = file("receipt.pdf", "%PDF".toByteArray())
            model.attach(device)
            val receipt = model.state.until("the receipt") { it.value?.receipt != null && !it.busy }.value!!.receipt!!
            assertNull(receipt.picture, "it is no picture")
            model.detach()
            model.state.until("it is off") { it.value?.receipt == null && !it.busy }
            assertTrue(session.persona.files().isEmpty())
            device.picked = null
            model.attach(device)
            assertNull(model.state.until("turned away") { !it.busy }.failure)
        }

    @Test
    fun `a bank's table waits with its faults named, and the same table again is alike`() =
        story {
            val session = session()
            val table =
                "Datum;Empfänger;Zweck;Betrag\r\n" +
                    "02.11.2026;Bakery Stein;Card;-7,80\r\n" +
                    "05.11.2026;Employer;Pay;2.400,00\r\n" +
                    "not a day;Kettle & Co;K-114;-49,90\r\n" +
                    "06.11.2026;Kettle & Co;K-115;-49,90\r\n"
            device.picked = file("november.csv", table.toByteArray())
            val model = PurchaseImportModel(session)
            model.table(device)
            val look = assertNotNull(model.state.until("the table") { it.table != null && !it.busy }.table)
            assertEquals(";" to listOf("Datum", "Empfänger", "Zweck", "Betrag"), look.delimiter to look.headings)
            assertEquals(4, look.lines.size)
            assertFalse(model.state.value.ready)
            model.choose {
                CsvChoices(
                    mapOf(CsvMeaning.Seller to "Empfänger", CsvMeaning.Date to "Datum", CsvMeaning.Total to "Betrag"),
                    mapOf(CsvMeaning.Currency to " EUR "),
                    CsvDate.DAY_FIRST,
                    ",",
                    paidIsNegative = true,
                )
            }
            assertEquals(CsvField.Fixed("EUR"), model.state.value.choices.field(CsvMeaning.Currency))
            assertTrue(model.state.value.ready)
            model.readTable()
            val arrived = assertNotNull(model.state.until("what arrived") { !it.busy && (it.arrived != null || it.failure != null) }.arrived)
            assertEquals(2u to listOf(4uL to "date"), arrived.held to arrived.faults.map { it.line to it.reason })
            val batch = BatchModel(session, assertNotNull(arrived.batch))
            batch.state.until("the batch") { it.phase == Phase.Ready }
            batch.accept()
            assertEquals(BatchDone.Added(2, 0), batch.state.until("both are added") { it.done != null }.done)
            assertEquals(listOf("Kettle & Co", "Bakery Stein"), session.persona.purchases("", null, null).map { it.seller })

            model.table(device)
            model.state.until("the table again") { it.table != null && !it.busy }
            model.choose { before ->
                before.copy(
                    mapOf(CsvMeaning.Seller to "Empfänger", CsvMeaning.Date to "Datum", CsvMeaning.Total to "Betrag"),
                    mapOf(CsvMeaning.Currency to "EUR"),
                    CsvDate.DAY_FIRST,
                    ",",
                    true,
                )
            }
            model.readTable()
            val again = BatchModel(session, assertNotNull(model.state.until("it arrived") { it.arrived != null }.arrived?.batch))
            again.items.rows.until("what is alike") { it[0]?.alike == true && it[1]?.alike == true }
            again.accept()
            assertEquals(BatchDone.Added(0, 2), again.state.until("nothing is added twice") { it.done != null }.done)
            batch.undo()
            batch.state.until("it is undone") { it.done is BatchDone.Undone }
            assertTrue(session.persona.purchases("", null, null).isEmpty())
        }

    @Test
    fun `orders in the form of schema org wait to be looked at`() =
        story {
            val session = session()
            val order =
                """{"@context":"https://schema.org","@type":"Order","seller":{"@type":"Organization","name":"Book shop"},
                "orderNumber":"B-77","orderDate":"2026-11-02","price":"24.00","priceCurrency":"EUR",
                "orderedItem":[{"@type":"OrderItem","orderQuantity":1,"orderedItem":{"@type":"Product","name":"Atlas"}}]}"""
            device.picked = file("order.json", order.toByteArray())
            val model = PurchaseImportModel(session)
            model.orders(device)
            val arrived = assertNotNull(model.state.until("what arrived") { !it.busy && (it.arrived != null || it.failure != null) }.arrived)
            assertEquals(1u to emptyList(), arrived.held to arrived.faults)
            device.picked = file("photo.json", byteArrayOf(0x00, 0x01))
            model.orders(device)
            val nothing = assertNotNull(model.state.until("nothing arrived") { !it.busy && it.arrived?.held == 0u }.arrived)
            assertNull(nothing.batch)
            assertTrue(nothing.faults.isNotEmpty())
        }

    @Test
    fun `a card is kept with its code and photo, and both go with it`() =
        story {
            val session = session()
            val form = MembershipFormModel(session)
            form.begin()
            form.edit { it.copy(organisation = "City library", until = "next year") }
            form.scanned("CODE_128", "00421177")
            assertEquals("00421177", form.state.value.fields.number)
            form.save()
            assertEquals("validUntil", form.state.until("a refusal") { it.failure != null && !it.busy }.wrong)
            form.edit { it.copy(until = "2026-12-31") }
            device.picked = file("card.png", byteArrayOf(1, 2, 3))
            form.photo(device)
            form.state.until("the photo") { it.fields.photo != null }
            form.save()
            form.state.until("it is kept") { it.done }
            val list = MembershipsModel(session)
            val entry = list.state.until("the card") { it.phase == Phase.Ready }.value!!.single()
            assertEquals("CODE_128" to "00421177", entry.membership.run { barcodeFormat to barcodeText })
            val model = MembershipModel(session, entry.id)
            val card = model.state.until("the card") { it.phase == Phase.Ready }.value!!.single()
            assertContentEquals(byteArrayOf(1, 2, 3), card.photo?.picture)
            model.remove()
            model.state.until("it is gone") { it.done }
            list.state.until("none is left") { it.phase == Phase.Empty }
            assertTrue(session.persona.files().isEmpty())
        }

    @Test
    fun `a card without a code has none, even where the number is typed`() =
        story {
            val session = session()
            val form = MembershipFormModel(session)
            form.begin()
            form.edit { it.copy(organisation = "Climbing hall", number = "C-77") }
            form.save()
            form.state.until("it is kept") { it.done }
            val kept = session.persona.memberships().single().membership
            assertEquals(Triple("C-77", "", ""), Triple(kept.number, kept.barcodeFormat, kept.barcodeText))
        }
}
