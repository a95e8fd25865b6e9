// Numbers that a person types: an amount in the minor units of its currency, and degrees. Both read the digits and
// separators of the person's language; what can be read in no way, or in two, is refused instead of guessed.
package tekram.ui.want

import java.math.BigDecimal
import java.text.DecimalFormatSymbols
import java.util.Currency
import java.util.Locale

private const val SATOSHI = "SAT"

/** Digits after the separator that amounts in [currency] have. */
private fun fractionDigits(currency: String): Int =
    if (currency == SATOSHI) 0 else runCatching { Currency.getInstance(currency).defaultFractionDigits.coerceAtLeast(0) }.getOrDefault(0)

/** The currencies a limit can be in: that of the person's country, euro and satoshi. */
fun offeredCurrencies(locale: Locale): List<String> {
    val own = runCatching { Currency.getInstance(locale)?.currencyCode }.getOrNull()
    return listOfNotNull(own, "EUR", SATOSHI).distinct()
}

/** [text] as an amount in minor units of [currency], or null when it is none. */
fun minorUnits(
    text: String,
    currency: String,
    locale: Locale,
): Long? {
    val digits = fractionDigits(currency)
    val symbols = DecimalFormatSymbols.getInstance(locale)
    val typed = plainDigits(text)
    val group = Regex.escape(symbols.groupingSeparator.toString())
    val point = Regex.escape(symbols.decimalSeparator.toString())
    val fraction = if (digits == 0) "" else "(?:SEPARATOR(\\d{1,$digits}))?"
    val grouped = Regex("(\\d{1,3}(?:$group\\d{3})+)" + fraction.replace("SEPARATOR", point))
    val plain = Regex("(\\d+)" + fraction.replace("SEPARATOR", "[.,]"))
    val match = grouped.matchEntire(typed) ?: plain.matchEntire(typed) ?: return null
    val whole = match.groupValues[1].filter(Char::isDigit)
    val part = match.groupValues.getOrElse(2) { "" }
    return runCatching { BigDecimal("$whole.${part.ifEmpty { "0" }}").movePointRight(digits).longValueExact() }.getOrNull()
}

/** [text] as degrees, or null when it is no number. Whether they are on the map, the core says. */
fun degrees(text: String): Double? =
    plainDigits(text)
        .replace(',', '.')
        .replace('−', '-')
        .takeIf { Regex("[+-]?\\d{1,3}(\\.\\d*)?").matches(it) }
        ?.toDouble()

/** Without spaces, and with the digits 0 to 9 in place of those of other scripts. */
private fun plainDigits(text: String): String =
    text
        .filterNot { it.isWhitespace() || it == '\u00A0' || it == '\u202F' }
        .map { if (it.isDigit()) Character.forDigit(Character.digit(it, 10), 10) else it }
        .joinToString("")
