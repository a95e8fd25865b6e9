// Ranges are stepped through as the calendar has them.
package tekram.ui.history.answer

import org.junit.jupiter.api.Test
import kotlin.test.assertEquals
import kotlin.test.assertNull

class GlanceSpanTest {
    @Test
    fun `a year and a month have neighbours, everything has none`() {
        assertEquals("2025", neighbour("2026", -1))
        assertEquals("2027-01", neighbour("2026-12", 1))
        assertNull(neighbour(ALL_TIME, 1))
    }
}
