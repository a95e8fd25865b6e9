// JSON for the app's story: objects become maps, arrays lists, whole numbers longs. A reader of its own, because nothing
// else here needs one, and the app should not ship one.
package tekram.ui.story

/** Reads [text] as JSON, as far as the story uses it. */
internal fun readJson(text: String): Any? = JsonReader(text).whole()

private class JsonReader(
    private val text: String,
) {
    private var at = 0

    fun whole(): Any? = value().also { check(next() == null) { "more after the end, at $at" } }

    private fun next(): Char? {
        while (at < text.length && text[at].isWhitespace()) at++
        return text.getOrNull(at)
    }

    private fun take(expected: Char) {
        check(next() == expected) { "expected $expected at $at" }
        at++
    }

    private fun value(): Any? =
        when (next()) {
            '{' -> members('{', '}') { string().also { take(':') } to value() }.toMap()
            '[' -> members('[', ']') { value() }
            '"' -> string()
            else -> word()
        }

    private fun <T> members(
        open: Char,
        close: Char,
        member: () -> T,
    ): List<T> {
        take(open)
        val found = mutableListOf<T>()
        while (next() != close) {
            if (found.isNotEmpty()) take(',')
            next()
            found += member()
        }
        take(close)
        return found
    }

    private fun string(): String {
        take('"')
        val found = StringBuilder()
        while (text[at] != '"') {
            val letter = text[at++]
            found.append(if (letter == '\\') escaped() else letter)
        }
        at++
        return found.toString()
    }

    private fun escaped(): Char {
        val letter = text[at++]
        check(letter in "\"\\/") { "no escape that the story uses, at $at" }
        return letter
    }

    private fun word(): Any? {
        val start = at
        while (at < text.length && (text[at].isLetterOrDigit() || text[at] == '-')) at++
        return when (val word = text.substring(start, at)) {
            "true" -> true
            "false" -> false
            "null" -> null
            else -> checkNotNull(word.toLongOrNull()) { "no value at $start" }
        }
    }
}

/** The first place where [actual] does not hold what is [expected]: a part of an object, the whole of a list. */
internal fun difference(
    place: String,
    expected: Any?,
    actual: Any?,
): String? =
    when {
        expected is Map<*, *> && actual is Map<*, *> -> {
            expected.entries.firstNotNullOfOrNull { (name, field) -> difference("$place.$name", field, actual[name]) }
        }

        expected is List<*> && actual is List<*> && expected.size == actual.size -> {
            expected.indices.firstNotNullOfOrNull { difference("$place[$it]", expected[it], actual[it]) }
        }

        expected == actual -> {
            null
        }

        else -> {
            "$place: expected $expected, not $actual"
        }
    }
