// Where the person is, as they go on, back and between tabs, and after the app was put away.
package tekram.ui.common

import org.junit.jupiter.api.Test
import kotlin.test.assertEquals
import kotlin.test.assertNull

class NavigationTest {
    private val deep = Place().open(Route("history_day", "2026-11-03")).open(Route("history_item", "7"))

    @Test
    fun `a tab begins at its first screen`() {
        assertEquals(Route("history_days"), Place().top)
        assertNull(Place().back())
    }

    @Test
    fun `back leaves one screen at a time`() {
        assertEquals(Route("history_day", "2026-11-03"), deep.back()?.top)
        assertEquals(Route("history_days"), deep.back()?.back()?.top)
    }

    @Test
    fun `another tab keeps what lies on this one`() {
        val there = deep.select(Tab.Pay)
        assertEquals(Route("pay_split"), there.top)
        assertEquals(Route("history_item", "7"), there.select(Tab.History).top)
    }

    @Test
    fun `choosing the open tab goes back to its first screen`() = assertEquals(Route("history_days"), deep.select(Tab.History).top)

    @Test
    fun `a screen that is on top is not opened twice`() = assertEquals(deep, deep.open(Route("history_item", "7")))

    @Test
    fun `what is opened beside a list replaces what stood there`() {
        val place = deep.openFromHome(Route("history_day", "2026-11-04"))
        assertEquals(listOf(Route("history_days"), Route("history_day", "2026-11-04")), place.routes)
    }

    @Test
    fun `a place comes back from what was saved`() {
        val place = deep.select(Tab.Want).open(Route("want_offers", "id, with: signs"))
        assertEquals(place, Place.restored(place.saved()))
    }

    @Test
    fun `a screen that began with a text of another app is not saved`() {
        val place = deep.select(Tab.Want).open(Route("want_compose", "what somebody wrote to me", kept = false)).open(Route("want_preview", "7"))
        assertEquals(listOf("Want", "History", "history_day", "2026-11-03", "History", "history_item", "7", "Want", "want_preview", "7"), place.saved())
    }

    @Test
    fun `what another version saved is left out`() {
        assertEquals(Place(), Place.restored(emptyList()))
        assertEquals(Place(Tab.Pay), Place.restored(listOf("Pay", "Gone", "gone_screen", "", "Pay", "cut")))
    }
}
