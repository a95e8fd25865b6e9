// What the window is started with.
package tekram.desktop

import tekram.ffi.AgentSettings
import tekram.ui.common.Edition
import java.time.ZoneId
import java.util.Locale

/** The window's command line. */
data class Arguments(
    val dataFolder: String,
    val allow: List<String>,
    val proxy: String?,
    val locale: Locale,
) {
    /** How the core is opened. */
    fun settings() = AgentSettings(dataFolder, allow, proxy, emptyList(), ZoneId.systemDefault().id)

    /** What the window says of itself: no store took anything out, and the proxy is the one it was started with. */
    fun edition() = Edition(proxy = proxy)

    companion object {
        const val USAGE = "tekram-desktop --data FOLDER [--allow HOST:PORT]… [--proxy URL] [--language de]"

        /** @throws IllegalArgumentException when something is missing or unknown. */
        fun parse(args: List<String>): Arguments {
            require(args.size % 2 == 0) { "every option needs a value" }
            val options = args.chunked(2).groupBy({ it[0] }, { it[1] })
            val unknown = options.keys - setOf("--data", "--allow", "--proxy", "--language")
            require(unknown.isEmpty()) { "unknown option ${unknown.first()}" }
            val data = options["--data"]?.last()
            requireNotNull(data) { "--data is missing" }
            val language = options["--language"]?.last()
            return Arguments(data, options["--allow"].orEmpty(), options["--proxy"]?.last(), language?.let(Locale::forLanguageTag) ?: Locale.getDefault())
        }
    }
}
