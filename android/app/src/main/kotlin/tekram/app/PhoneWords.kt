// The words of the interface from Android's own resources, so that the system chooses the language, also the one that was
// chosen for this app alone. Words are asked for by name, since screens make some of them from what the core returned.
package tekram.app

import android.annotation.SuppressLint
import android.content.res.Resources
import tekram.ui.common.Words
import tekram.ui.common.filled
import java.util.Locale

/** Words from [resources] of [pack], the package that they are compiled into. */
class PhoneWords(
    private val resources: Resources,
    private val pack: String,
) : Words {
    override val locale: Locale get() = resources.configuration.locales[0]

    override fun has(key: String): Boolean = id("string", key) != 0

    override fun word(
        key: String,
        vararg args: Any,
    ): String {
        val found = id("string", key)
        check(found != 0) { "there is no word $key" }
        return filled(resources.getString(found), args, locale)
    }

    override fun plural(
        key: String,
        count: Long,
        vararg args: Any,
    ): String {
        val found = id("plurals", key)
        check(found != 0) { "there is no plural $key" }
        return filled(resources.getQuantityString(found, quantity(count)), args, locale)
    }

    @SuppressLint("DiscouragedApi")
    private fun id(
        kind: String,
        key: String,
    ): Int = resources.getIdentifier(key, kind, pack)

    companion object {
        private const val ROUND = 1_000_000L

        /** Plural rules of all languages look at the last six digits at most; what is larger must not become another number. */
        fun quantity(count: Long): Int = (if (count < ROUND) count else ROUND + count % ROUND).toInt()
    }
}
