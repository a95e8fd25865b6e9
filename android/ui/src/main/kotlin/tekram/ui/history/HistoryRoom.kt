// Which screen a route of History shows, and where a tap leads: the days, a listen, search and More here, the other parts in
// rooms of their own.
package tekram.ui.history

import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.lifecycle.viewmodel.compose.viewModel
import tekram.ffi.Day
import tekram.ffi.Known
import tekram.ffi.Listen
import tekram.ffi.ListenKind
import tekram.ui.Room
import tekram.ui.common.Route
import tekram.ui.common.Tab
import tekram.ui.history.answer.AnswerRoom
import tekram.ui.history.answer.page
import tekram.ui.history.answer.sourcePage
import tekram.ui.history.capture.CaptureRoom
import tekram.ui.history.capture.QuietLines
import tekram.ui.history.capture.QuietModel
import tekram.ui.history.edit.EditRoom
import tekram.ui.history.edit.edit
import tekram.ui.history.feed.FeedRoom
import tekram.ui.history.share.ShareRoom

/** Draws the screens whose id begins with `history_`. What follows says which part they belong to; each part has a room of its own. */
@Composable
fun HistoryRoom(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) = when (route.id.removePrefix("history_").substringBefore('_')) {
    "glance", "page", "when" -> AnswerRoom(route, room, onBack)
    "import", "pen", "refused" -> ImportRoom(route, room, onBack)
    "day" -> DayOfHistory(route, room, onBack)
    "item" -> Item(route, room, onBack)
    "search" -> Search(room, onBack)
    "feed" -> FeedRoom(route, room, onBack)
    "more" -> MoreScreen(room.go::open, onBack)
    "accounts", "export", "share" -> ShareRoom(route, room, onBack)
    "capture" -> CaptureRoom(route, room, onBack)
    "edit" -> EditRoom(route, room, onBack)
    else -> Days(room)
}

@Composable
private fun Days(room: Room) {
    val model = viewModel { HistoryModel(room.session) }
    val days by model.days.rows.collectAsState()
    val state by model.state.collectAsState()
    val actions =
        remember(room) {
            object : DaysActions {
                override fun day(day: Day) = room.app.openFromHome(Route("history_day", listOf(day.date, day.fromMs, day.toMs).joinToString(" ")))

                override fun search() = room.go.open(Route("history_search"))

                override fun import() = room.go.open(Route("history_import"))

                override fun glance() = room.go.open(Route("history_glance"))

                override fun more() = room.go.open(Route("history_more"))
            }
        }
    val quiet = viewModel { QuietModel(room.session) }
    val quietState by quiet.state.collectAsState()
    DaysScreen(days, state.sources, model.days::need, model::reload, actions) { QuietLines(quietState.now, quiet::end) }
}

/** The day is the route's date and the bounds that the core gave for it. */
@Composable
private fun DayOfHistory(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val parts = route.about.split(' ')
    val model = viewModel(key = route.about) { DayModel(room.session, parts.getOrNull(1)?.toLongOrNull(), parts.getOrNull(2)?.toLongOrNull()) }
    val listens by model.listens.rows.collectAsState()
    DayScreen(parts.first(), listens, model.listens::need, model.listens::reload, { room.go.open(item(it)) }, onBack)
}

@Composable
private fun Item(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel(key = route.about) { ItemModel(room.session, route.about.toLongOrNull() ?: 0) }
    val state by model.state.collectAsState()
    val pages =
        remember(room) {
            object : ItemPages {
                override fun page(id: Long) = room.go.open(tekram.ui.history.answer.page(id))

                override fun source(name: String) = room.go.open(sourcePage(name))

                override fun edit() = room.go.open(edit(route.about.toLongOrNull() ?: 0))
            }
        }
    ItemScreen(state, model::rate, { room.go.select(Tab.Relations, Route("relations_party", it)) }, model::reload, onBack, pages)
}

@Composable
private fun Search(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { HistoryModel(room.session) }
    val state by model.state.collectAsState()
    val found by model.found.rows.collectAsState()
    LaunchedEffect(model) { if (!state.searching) model.search(open = true) }
    val actions =
        remember(model) {
            object : SearchActions {
                override fun text(text: String) = model.search(text)

                override fun kind(kind: ListenKind?) = model.only(kind)

                override fun source(source: String?) = model.only(source)

                override fun listen(listen: Listen) = room.go.open(item(listen))

                override fun known(known: Known) = room.go.open(page(known.id))
            }
        }
    val leave =
        onBack?.let {
            {
                model.search(open = false)
                it()
            }
        }
    SearchScreen(state, found, model.found::need, model::reload, actions, leave)
}

/** The screen of one listen. */
internal fun item(listen: Listen) = Route("history_item", listen.id.toString())
