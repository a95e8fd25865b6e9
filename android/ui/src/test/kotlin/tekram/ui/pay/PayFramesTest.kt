// The bench of the Pay screen's frames, only when asked for: `-Dbench -Dtest=PayFramesTest`. Its numbers are printed and
// not asserted, because they belong to a machine.
package tekram.ui.pay

import org.junit.jupiter.api.Test
import org.junit.jupiter.api.condition.EnabledIfSystemProperty

@EnabledIfSystemProperty(named = "bench", matches = ".*")
class PayFramesTest {
    @Test
    fun `frames with two hundred payees while a slider moves`() = main()
}
