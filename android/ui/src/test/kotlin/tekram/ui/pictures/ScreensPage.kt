// The page that shows every screen in every variant, one row for each state.
package tekram.ui.pictures

/** Writes `docs/screens.md`. */
object ScreensPage {
    private const val SHOWN_WIDTH = 120

    /** The whole page. */
    fun text(samples: List<Sample>): String {
        val variants = Variant.entries - Variant.Wide
        val rooms = samples.groupBy { it.screen.substringBefore('_') }
        return buildString {
            appendLine("# Screens")
            appendLine()
            appendLine("Every screen of the app as it is drawn by its tests, in each of its states. This page and the pictures are written")
            appendLine("by `cargo xtask kotlin --pictures`; the tests compare what is drawn now with what is checked in.")
            for ((room, inRoom) in rooms) {
                appendLine()
                appendLine("## ${room.replaceFirstChar(Char::titlecase)}")
                appendLine()
                appendLine("| screen | ${variants.joinToString(" | ") { it.title }} |")
                appendLine("|---|${variants.joinToString("|") { "---" }}|")
                for (sample in inRoom) appendLine("| `${sample.name}` | ${variants.joinToString(" | ") { image(sample, it, SHOWN_WIDTH) }} |")
                val wide = inRoom.filter { it.wide }
                for (sample in wide) {
                    appendLine()
                    appendLine("`${sample.name}`, wide:")
                    appendLine()
                    appendLine(image(sample, Variant.Wide, SHOWN_WIDTH * WIDER))
                }
            }
        }
    }

    private const val WIDER = 5

    private fun image(
        sample: Sample,
        variant: Variant,
        width: Int,
    ) = """<img src="screens/${sample.name}-${variant.key}.png" width="$width" alt="${sample.name}, ${variant.title.lowercase()}">"""
}
