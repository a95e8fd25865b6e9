// What a store's card may say, and what it may not.
package tekram.ui.want

import org.junit.jupiter.api.Test
import kotlin.test.assertEquals
import kotlin.test.assertNull

class StoreCardTest {
    @Test
    fun `a card says what is sold, its number and the store's boards`() {
        val full = "tekram:want?what=Gr%C3%BCner+Tee&gtin=4006381333931&board=wss%3A%2F%2Fboard.example&board=wss://two.example/x&more=1"
        assertEquals(StoreCard("Grüner Tee", "4006381333931", listOf("wss://board.example", "wss://two.example/x")), storeCard(full))
        assertEquals(StoreCard(null, null, listOf("wss://board.example")), storeCard(" tekram://want?board=wss://board.example "))
        assertEquals(StoreCard("tea", null, emptyList()), storeCard("TEKRAM:want?what=tea&gtin="))
    }

    @Test
    fun `anything else is no card`() {
        val none =
            listOf(
                "",
                "4006381333931",
                "https://shop.example/?what=tea",
                "tekram:pay?page=https://shop.example",
                "tekram:want",
                "tekram:want?",
                "tekram:want?what=",
                "tekram:want?what=%zz",
                "tekram:want?board=ws://board.example",
                "tekram:want?board=wss://",
                "tekram:want?what=tea&board=wss://a b",
                "tekram:want?what=" + "t".repeat(201),
                "tekram:want?what=tea" + "&more=1".repeat(1_000),
                "tekram:want?what=tea" + (1..9).joinToString("") { "&board=wss://b$it.example" },
                """{"type":"StoreCard"}""",
            )
        none.forEach { assertNull(storeCard(it), it.take(60)) }
    }
}
