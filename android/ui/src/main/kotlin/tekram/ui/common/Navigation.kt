// Where the person is: a tab, and for each tab the screens that were opened one from another. It is plain data that
// can be written into a list of strings and back, so that it survives the app being put away.
package tekram.ui.common

/** The five tabs, in the order they stand. [home] is the id of a tab's first screen. */
enum class Tab(
    val home: String,
    val wordKey: String,
) {
    History("history_days", "common_tab_history"),
    Pay("pay_split", "common_tab_pay"),
    Want("want_list", "common_tab_want"),
    Relations("relations_list", "common_tab_relations"),
    Me("me_home", "common_tab_me"),
}

/**
 * A screen by its id, and what it is about: an id, a day, a month, never a secret and nothing large. Only where that is a
 * text, of another app or a card, it is not [kept]: such a screen is left out when the system keeps the place, in clear,
 * while the app is put away.
 */
data class Route(
    val id: String,
    val about: String = "",
    val kept: Boolean = true,
)

/** Which tab is open, and what lies on each tab above its first screen. */
data class Place(
    val tab: Tab = Tab.History,
    val above: Map<Tab, List<Route>> = emptyMap(),
) {
    /** Screens of the open tab, from its first to the one on top. */
    val routes: List<Route> get() = listOf(Route(tab.home)) + above[tab].orEmpty()

    /** The screen on top. */
    val top: Route get() = routes.last()

    /** Opens [tab]; choosing the tab that is open already goes back to its first screen. */
    fun select(tab: Tab): Place = if (tab == this.tab) copy(above = above - tab) else copy(tab = tab)

    /** Opens [route] on the open tab; a screen that is on top already is not opened twice. */
    fun open(route: Route): Place = if (route == top) this else copy(above = above + (tab to above[tab].orEmpty() + route))

    /** Opens [route] right above the tab's first screen, as a list with a pane beside it does. */
    fun openFromHome(route: Route): Place = copy(above = above + (tab to listOf(route)))

    /** One screen back, or null at a tab's first screen. */
    fun back(): Place? {
        val rest = above[tab].orEmpty()
        return if (rest.isEmpty()) null else copy(above = above + (tab to rest.dropLast(1)))
    }

    /** As strings that a saved state can hold. */
    fun saved(): List<String> =
        listOf(tab.name) + above.flatMap { (tab, routes) -> routes.filter { it.kept }.flatMap { listOf(tab.name, it.id, it.about) } }

    companion object {
        private const val PARTS = 3

        /** The place that was [saved]; what cannot be read (another version wrote it) is left out. */
        fun restored(saved: List<String>): Place {
            fun tab(name: String?) = Tab.entries.find { it.name == name }
            val routes =
                saved.drop(1).chunked(PARTS).mapNotNull { parts ->
                    tab(parts.first())?.takeIf { parts.size == PARTS }?.let { it to Route(parts[1], parts[2]) }
                }
            return Place(tab(saved.firstOrNull()) ?: Tab.History, routes.groupBy({ it.first }, { it.second }))
        }
    }
}

/** What a screen can do about where the person is. */
interface Navigator {
    /** Opens [route] above the screen that asks. */
    fun open(route: Route)

    /** Opens another tab, with [route] on it when given. */
    fun select(
        tab: Tab,
        route: Route? = null,
    )

    /** One screen back; false at a tab's first screen. */
    fun back(): Boolean
}

/** A navigator that goes nowhere: for pictures and tests of a single screen. */
object StayHere : Navigator {
    override fun open(route: Route) = Unit

    override fun select(
        tab: Tab,
        route: Route?,
    ) = Unit

    override fun back(): Boolean = false
}
