// Words read from Android's string resources on the class path, with ICU's plural rules: what the desktop window and
// the tests use. Android itself asks its own resources for the same keys.
package tekram.ui.desktop

import com.ibm.icu.text.PluralRules
import org.w3c.dom.Element
import tekram.ui.common.Words
import tekram.ui.common.filled
import java.util.Locale
import javax.xml.parsers.DocumentBuilderFactory

/** The words of [locale], each in its language where it has one, else in English. */
class XmlWords(
    override val locale: Locale,
) : Words {
    private val strings: Map<String, String>
    private val plurals: Map<String, Map<String, String>>
    private val rules = PluralRules.forLocale(locale)

    init {
        val files = listOf("values", "values-${locale.language}").flatMap { folder -> rooms.mapNotNull { read("$folder/strings_$it.xml") } }
        strings = files.flatMap { it.strings.entries }.associate { it.toPair() }
        plurals = files.flatMap { it.plurals.entries }.associate { it.toPair() }
    }

    /** Every key there is, for tests. */
    val keys: Set<String> get() = strings.keys + plurals.keys

    override fun has(key: String): Boolean = key in strings

    override fun word(
        key: String,
        vararg args: Any,
    ): String = filled(strings[key] ?: throw NoSuchElementException("no word for $key"), args, locale)

    override fun plural(
        key: String,
        count: Long,
        vararg args: Any,
    ): String {
        val forms = plurals[key] ?: throw NoSuchElementException("no plural for $key")
        val form = forms[rules.select(count.toDouble())] ?: forms.getValue("other")
        return filled(form, args, locale)
    }

    companion object {
        /** The parts of History that have words of their own. */
        private val history = listOf("more", "answer", "edit", "bring", "look", "feed", "player", "capture", "apps", "page", "share").map { "history_$it" }

        /** The files of words, one for each room. */
        val rooms = listOf("common", "start", "history", "pay", "want", "relations", "me", "keep", "vault", "errors") + history

        /** One file of words as it is written. */
        data class File(
            val strings: Map<String, String>,
            val plurals: Map<String, Map<String, String>>,
        )

        /** Reads a file of `res`, or returns null where there is none. */
        fun read(path: String): File? {
            val stream = XmlWords::class.java.getResourceAsStream("/tekram/res/$path") ?: return null
            val root = stream.use { DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(it) }.documentElement
            val plurals =
                root.children("plurals").associate {
                    it.getAttribute("name") to
                        it.children("item").associate { item -> item.getAttribute("quantity") to text(item) }
                }
            return File(root.children("string").associate { it.getAttribute("name") to text(it) }, plurals)
        }

        private fun Element.children(tag: String): List<Element> =
            (0 until childNodes.length).mapNotNull { childNodes.item(it) as? Element }.filter { it.tagName == tag }

        /** Android's escapes, and its rule that white space counts as one space unless the text is in quotes. */
        private fun text(element: Element): String {
            val raw = element.textContent.trim()
            val quoted = raw.length > 1 && raw.startsWith('"') && raw.endsWith('"')
            val spaced = if (quoted) raw.drop(1).dropLast(1) else raw.replace(Regex("\\s+"), " ")
            return escape.replace(spaced) { match ->
                when (val what = match.groupValues[1]) {
                    "n" -> {
                        "\n"
                    }

                    "t" -> {
                        "\t"
                    }

                    else -> {
                        if (what.length > 1) {
                            what
                                .drop(1)
                                .toInt(HEX)
                                .toChar()
                                .toString()
                        } else {
                            what
                        }
                    }
                }
            }
        }

        private const val HEX = 16
        private val escape = Regex("""\\(u[0-9a-fA-F]{4}|.)""")
    }
}
