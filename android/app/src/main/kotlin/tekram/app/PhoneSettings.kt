// What the person decides for this phone rather than for a profile, because it holds while every profile is locked. It lies
// outside the encrypted store and names nobody.
package tekram.app

import android.content.Context

/** Settings of this phone. */
class PhoneSettings(
    context: Context,
) {
    private val kept = context.getSharedPreferences("phone", Context.MODE_PRIVATE)

    /** Whether the widget may say names and amounts, and keep them while the profile is locked. */
    var widgetSaysAmounts: Boolean
        get() = kept.getBoolean(WIDGET, false)
        set(allowed) = kept.edit().putBoolean(WIDGET, allowed).apply()

    private companion object {
        const val WIDGET = "widget_says_amounts"
    }
}
