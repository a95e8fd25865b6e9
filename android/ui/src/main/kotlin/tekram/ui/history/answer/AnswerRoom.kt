// Joins the models of what the log answers with their screens: the glance and its lists, pages, and what was on when.
package tekram.ui.history.answer

import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.lifecycle.viewmodel.compose.viewModel
import tekram.ffi.What
import tekram.ui.Room
import tekram.ui.common.Route
import tekram.ui.common.word
import tekram.ui.history.item
import java.time.Year

private const val SOURCE = "source "

/** The page of what has this number. */
internal fun page(id: Long) = Route("history_page", id.toString())

/** The page of a source. Its name can be that of an app, so it is not kept in clear. */
internal fun sourcePage(name: String) = Route("history_page", SOURCE + name, kept = false)

/** Draws the glance, its lists, pages, and what was on when. */
@Composable
internal fun AnswerRoom(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) = when (route.id) {
    "history_page" -> Page(route, room, onBack)
    "history_when" -> Moment(room, onBack)
    "history_glance_top" -> AllRanks(route, room, onBack)
    "history_glance_new" -> AllWorks(route.about, room, onBack)
    "history_glance_forgotten" -> AllWorks(null, room, onBack)
    else -> Glimpse(room, onBack)
}

@Composable
private fun Glimpse(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { GlanceModel(room.session) }
    val state by model.state.collectAsState()
    val actions =
        remember(model) {
            object : GlanceActions {
                override fun look(span: String) = model.look(span)

                override fun open(id: Long) = room.go.open(page(id))

                override fun source(name: String) = room.go.open(sourcePage(name))

                override fun all(what: What) = room.go.open(Route("history_glance_top", "${what.name} ${model.state.value.span}"))

                override fun new() = room.go.open(Route("history_glance_new", model.state.value.span))

                override fun forgotten() = room.go.open(Route("history_glance_forgotten"))

                override fun moment() = room.go.open(Route("history_when"))
            }
        }
    GlanceScreen(state, actions, model::reload, onBack)
}

@Composable
private fun AllRanks(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val parts = route.about.split(' ')
    val what = What.entries.find { it.name == parts.first() } ?: What.WORK
    val span = parts.getOrNull(1) ?: Year.now().toString()
    val model = viewModel(key = "top ${route.about}") { TopModel(room.session, what, span) }
    val ranks by model.ranks.rows.collectAsState()
    TopScreen(what, span, ranks, model.ranks::need, model.ranks::reload, { room.go.open(page(it.id)) }, onBack)
}

@Composable
private fun AllWorks(
    span: String?,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel(key = "works $span") { KnownModel(room.session, span) }
    val works by model.works.rows.collectAsState()
    val title =
        if (span == null) word("history_answer_forgotten") else word("history_answer_list_title", word("history_answer_new"), spanName(span))
    KnownScreen(title, works, model.works::need, model.works::reload, { room.go.open(page(it.id)) }, onBack)
}

@Composable
private fun Page(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel(key = "page ${route.about}") { PageModel(room.session, route.about.toLongOrNull(), route.about.removePrefix(SOURCE)) }
    val state by model.state.collectAsState()
    val listens by model.listens.rows.collectAsState()
    PageScreen(state, listens, model.listens::need, model::reload, { room.go.open(page(it)) }, { room.go.open(item(it)) }, onBack)
}

@Composable
private fun Moment(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { WhenModel(room.session) }
    val state by model.state.collectAsState()
    WhenScreen(state, model::look, { room.go.open(item(it)) }, onBack)
}
