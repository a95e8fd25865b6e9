// What the person decides for this phone rather than for a profile, because it holds while every profile is locked. It lies
// outside the encrypted store and names nobody.
package tekram.app

import android.content.Context
import tekram.platform.notice.NoticeKind

/** Settings of this phone. */
class PhoneSettings(
    context: Context,
) {
    private val kept = context.getSharedPreferences("phone", Context.MODE_PRIVATE)

    /** Whether the widget may say names and amounts, and keep them while the profile is locked. */
    var widgetSaysAmounts: Boolean
        get() = kept.getBoolean(WIDGET, false)
        set(allowed) = kept.edit().putBoolean(WIDGET, allowed).apply()

    /** The proxy that everything goes through from the next start on; see [ProxyAddress]. */
    var proxy: String?
        get() = kept.getString(PROXY, null)
        set(address) = kept.edit().putString(PROXY, address).apply()

    /** Whether the person wants to hear of this kind by itself. */
    fun wants(kind: NoticeKind): Boolean = kept.getBoolean(NOTICE + kind.channel, true)

    /** Keeps whether the person wants to hear of this kind. */
    fun want(
        kind: NoticeKind,
        wanted: Boolean,
    ) = kept.edit().putBoolean(NOTICE + kind.channel, wanted).apply()

    private companion object {
        const val WIDGET = "widget_says_amounts"
        const val PROXY = "proxy"
        const val NOTICE = "notice_"
    }
}
