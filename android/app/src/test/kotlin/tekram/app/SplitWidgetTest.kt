package tekram.app

import android.widget.TextView
import org.junit.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue

class SplitWidgetTest : AppPhone() {
    private fun said(shown: SplitWidget.Shown): String {
        val view = SplitWidget.views(process, shown).apply(process, null)
        return listOf(R.id.widget_title, R.id.widget_text).joinToString("|") { view.findViewById<TextView>(it)!!.text }
    }

    private val split = SplitWidget.Shown.Split(listOf(0.75f, 0.25f), listOf("€7.50 for Anna"))

    @Test
    fun `a locked profile says that there is something, and no more`() {
        val text = said(SplitWidget.Shown.Locked)
        assertEquals("${word(R.string.common_widget_split_title)}|${word(R.string.common_widget_split_locked)}", text)
    }

    @Test
    fun `lines are shown as they are given`() {
        assertTrue("Anna" in said(split))
    }

    @Test
    fun `names and amounts are off until the person says so`() {
        assertFalse(PhoneSettings(process).widgetSaysAmounts)
        PhoneSettings(process).widgetSaysAmounts = true
        assertTrue(PhoneSettings(process).widgetSaysAmounts)
    }
}
