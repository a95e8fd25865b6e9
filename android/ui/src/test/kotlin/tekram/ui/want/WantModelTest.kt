// Want against the real core: writing a request, what would be seen of it, a board that cannot be reached, taking back.
package tekram.ui.want

import kotlinx.coroutines.CompletableDeferred
import org.junit.jupiter.api.Test
import tekram.ui.CoreTest
import tekram.ui.common.Phase
import tekram.ui.common.PlainDevice
import tekram.ui.start.Session
import java.util.Locale
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue

/** A name that is kept free of any host, so that it never answers. */
private const val NOWHERE = "wss://board.example.invalid"

class WantModelTest : CoreTest() {
    private suspend fun composing(session: Session): ComposeModel {
        val model = ComposeModel(session, Locale.GERMANY)
        model.state.until("the terms are there") { it.phase == Phase.Ready }
        return model
    }

    private fun ComposeModel.write(what: String = "Kabellose Kopfhörer") {
        addBoard(NOWHERE)
        edit { it.copy(what = what, here = false, latitude = "50,1109", longitude = "8.6821", ceiling = "1.250,50", quantity = 2u) }
    }

    private suspend fun ComposeModel.composed(): String {
        compose()
        val state = state.until("it is composed or refused") { !it.busy }
        return assertNotNull(state.composed, "$state")
    }

    private suspend fun request(
        session: Session,
        number: String,
    ): RequestModel = RequestModel(session, number).also { model -> model.state.until("the request is there") { it.phase != Phase.Loading } }

    @Test
    fun `what was written is what will be seen, and the area is the core's`() =
        story {
            val session = session()
            val list = WantListModel(session)
            assertEquals(Phase.Empty, list.state.until("the list") { it.phase != Phase.Loading }.phase)
            val model = composing(session)
            assertEquals("PDC-INTENT", model.state.value.fields.terms)
            model.write()
            model.edit { it.copy(gtin = "4006381333931", precision = 6u, inStore = true) }
            val number = model.composed()
            val intent = assertNotNull(request(session, number).state.value.intent)
            assertEquals("draft", intent.state)
            assertEquals(listOf("Kabellose Kopfhörer", "4006381333931", 2u, true), listOf(intent.want, intent.gtin, intent.quantity, intent.inStore))
            assertEquals(125_050L to "EUR", intent.ceiling?.let { it.amountMinor to it.currency })
            assertEquals(listOf(3, 4, 5, 6), intent.cells.map { it.geohash.length })
            intent.cells.map { it.area }.zipWithNext { coarse, fine ->
                assertTrue(coarse.south <= fine.south && fine.north <= coarse.north && coarse.west <= fine.west && fine.east <= coarse.east)
            }
            assertTrue("50,11" !in intent.content && "50.11" !in intent.content && "8.68" !in intent.content)
            val listed = list.state.until("the list follows") { it.phase == Phase.Ready }
            assertEquals(listOf(number), listed.intents.map { it.intent })
        }

    @Test
    fun `what cannot be used is named, and nothing is composed`() =
        story {
            val session = session()
            val model = composing(session)
            model.edit { it.copy(here = false, latitude = "north", longitude = "", gtin = "4006381333932", ceiling = "much") }
            model.compose()
            val flaws = model.state.until("the flaws are named") { it.flaws.isNotEmpty() }.flaws
            assertEquals(Flaw.entries.toSet(), flaws)
            assertEquals(emptyList(), session.persona.intents())
            model.write()
            model.edit { it.copy(latitude = "95", gtin = "") }
            model.compose()
            assertEquals("bad_position", model.state.until("the place is refused") { it.failure != null }.failure?.name)
        }

    @Test
    fun `without a position of the phone the place has to be typed`() =
        story {
            val model = composing(session())
            model.write()
            model.edit { it.copy(here = true) }
            model.compose()
            assertEquals("no_position", model.state.until("it is refused") { it.failure != null }.failure?.name)
        }

    @Test
    fun `a barcode from the camera is checked by the core`() =
        story {
            val model = composing(session())
            model.scanned("https://shop.example/4006381333931x")
            model.state.until("it is none") { Flaw.Gtin in it.flaws }
            model.scanned("4006381333931")
            model.state.until("it is one") { it.fields.gtin == "4006381333931" && it.flaws.isEmpty() }
        }

    @Test
    fun `what another app asked for is taken over whole`() =
        story {
            val model = composing(session())
            model.take(Wish("Kettle", "4006381333931", "https://shop.example/kettle"))
            model.state.until("words and number") { it.fields.what == "Kettle" && it.fields.gtin == "4006381333931" }
            model.take(Wish(page = "https://shop.example/kettle?id=1"))
            assertEquals("https://shop.example/kettle?id=1", model.state.value.fields.what, "a bare link is all there is")
            model.take(Wish(code = "tekram:want?what=Green+tea&board=wss://store.example"))
            model.state.until("a store's card in a picture") { it.card == CardAnswer.Taken && it.fields.what == "Green tea" }
            model.take(Wish(code = "4006381333932"))
            model.state.until("a false number is said to be one") { Flaw.Gtin in it.flaws }
            model.take(Wish(noCode = true))
            assertTrue(model.state.value.noCode)
            model.edit { it.copy(what = "Tea") }
            assertFalse(model.state.value.noCode)
        }

    @Test
    fun `a wish that comes before the boards were read does not keep them away`() =
        story {
            val session = session()
            val before = composing(session)
            before.write()
            before.composed()
            val next = ComposeModel(session, Locale.UK)
            next.take(Wish("Kettle"))
            next.state.until("the boards of the last request") { it.phase == Phase.Ready && it.fields.boards == setOf(NOWHERE) && it.fields.what == "Kettle" }
            next.edit { it.copy(boards = emptySet(), terms = "none") }
            next.reload()
            val again = next.state.until("read again") { it.fields.terms != "none" }
            assertEquals(emptySet(), again.fields.boards, "the person's own choice")
        }

    @Test
    fun `a wish waits in the session for the screen and is taken over once`() =
        story {
            val session = session()
            session.want(Wish("Kettle"))
            session.want(Wish("Pot"))
            session.taken(Wish("Kettle"))
            assertEquals(Wish("Pot"), session.wish.value, "a newer one stays")
            session.taken(Wish("Pot"))
            assertNull(session.wish.value)
        }

    @Test
    fun `a store's card fills in the request as a whole or not at all, tapped or as a code`() =
        story {
            val model = composing(session())
            model.edit { it.copy(quantity = 3u) }
            model.scanned("tekram:want?what=Green+tea&gtin=4006381333931&board=wss://store.example")
            val filled = model.state.until("it is filled in") { it.card == CardAnswer.Taken }
            assertEquals(WantFields("Green tea", "4006381333931", 3u, inStore = true, boards = setOf("wss://store.example")), filled.fields.copy(terms = ""))
            assertEquals("wss://store.example", filled.boards.first())
            model.card("tekram:want?what=Sugar&gtin=4006381333932")
            assertEquals("Green tea", model.state.until("a false number") { it.card == CardAnswer.Bad }.fields.what)
            model.edit { it.copy(what = "White tea") }
            assertNull(model.state.value.card)
            model.card("""{"type":"StoreCard"}""")
            model.state.until("the core knows no such card") { it.card == CardAnswer.Bad }
            model.cardOnce("tekram:want?what=Sugar")
            model.state.until("taken over") { it.fields.what == "Sugar" }
            model.edit { it.copy(what = "Salt") }
            model.cardOnce("tekram:want?what=Sugar")
            assertEquals("Salt", model.state.value.fields.what)
        }

    @Test
    fun `a reader waits until a card comes, is turned away or is off`() =
        story {
            val model = composing(session())
            val reader =
                object : PlainDevice() {
                    val began = CompletableDeferred<Unit>()
                    val stopped = CompletableDeferred<Unit>()
                    var card = CompletableDeferred<String?>()

                    override suspend fun readCard(): String? =
                        try {
                            began.complete(Unit)
                            card.await()
                        } finally {
                            stopped.complete(Unit)
                        }
                }
            model.readCard(reader)
            model.state.until("it waits") { it.readingCard }
            reader.began.await()
            model.stopReading()
            model.state.until("it waits no longer") { !it.readingCard }
            reader.stopped.await()
            assertNull(model.state.value.card)
            model.readCard(reader)
            reader.card.complete("tekram:want?what=tea")
            model.state.until("a card") { it.card == CardAnswer.Taken && it.fields.what == "tea" && !it.readingCard }
            reader.card = CompletableDeferred<String?>().apply { complete(null) }
            model.readCard(reader)
            model.state.until("the reader is off") { it.card == CardAnswer.NoReader && !it.readingCard }
        }

    @Test
    fun `a draft that is written again replaces the one before, and the boards are known the next time`() =
        story {
            val session = session()
            val model = composing(session)
            model.write()
            val first = model.composed()
            model.seen()
            model.edit { it.copy(what = "Wired headphones") }
            val second = model.composed()
            val list = WantListModel(session)
            val state = list.state.until("the first is thrown away") { shown -> shown.intents.any { it.intent == first && it.state == "closed" } }
            assertEquals("draft", state.intents.first { it.intent == second }.state)
            model.done(second)
            assertEquals("", model.state.value.fields.what)
            val next = composing(session)
            assertEquals(setOf(NOWHERE), next.state.value.fields.boards)
        }

    @Test
    fun `a board that cannot be reached is named and the request can be sent again or thrown away`() =
        story {
            val session = session()
            val model = composing(session)
            model.write()
            val request = request(session, model.composed())
            repeat(2) {
                request.send()
                val failed = request.state.until("sending failed") { it.doing == Doing.Nothing && it.failure != null }
                assertEquals("network", failed.failure?.room, "$failed")
                assertEquals("draft", failed.intent?.state)
            }
            request.withdraw()
            request.state.until("it is thrown away") { it.intent?.state == "closed" && it.doing == Doing.Nothing }
            assertNull(request.state.value.failure)
        }

    @Test
    fun `a request that is not there and a locked profile are told apart`() =
        story {
            val session = session()
            val unknown = request(session, "nothing like it")
            assertEquals("no_such_intent", (unknown.state.value.phase as? Phase.Failed)?.error?.name)
            session.persona.lock()
            assertEquals(Phase.Locked, request(session, "nothing like it").state.value.phase)
            assertEquals(Phase.Locked, WantListModel(session).state.until("the list") { it.phase != Phase.Loading }.phase)
        }
}
