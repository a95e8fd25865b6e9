// Joins the models of edits with their screens: one listen, its work, recent changes, hidden and deleted.
package tekram.ui.history.edit

import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.lifecycle.viewmodel.compose.viewModel
import tekram.ffi.Correction
import tekram.ffi.Work
import tekram.ui.Room
import tekram.ui.common.Route
import tekram.ui.history.item

/** The screen on which the listen [id] is put right. */
internal fun edit(id: Long) = Route("history_edit", id.toString())

/** Draws the screens whose id begins with `history_edit`. */
@Composable
internal fun EditRoom(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) = when (route.id) {
    "history_edit_work" -> OneWork(route, room, onBack)
    "history_edit_changes" -> Changes(room, onBack)
    "history_edit_hidden" -> Hidden(room, onBack)
    else -> OneListen(route, room, onBack)
}

@Composable
private fun OneListen(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel(key = "edit ${route.about}") { EditModel(room.session, route.about.toLongOrNull() ?: 0) }
    val state by model.state.collectAsState()
    val actions =
        remember(model) {
            object : EditActions {
                override fun note(text: String) = model.note(text)

                override fun tag(tag: String) = model.tag(tag)

                override fun untag(tag: String) = model.untag(tag)

                override fun correct(correction: Correction) = model.correct(correction)

                override fun original() = model.original()

                override fun hide(hidden: Boolean) = model.hide(hidden)

                override fun delete() = model.delete()

                override fun deleteForGood() = model.deleteForGood()

                override fun work() = room.go.open(Route("history_edit_work", route.about))
            }
        }
    EditScreen(state, actions, model::reload, onBack)
}

@Composable
private fun OneWork(
    route: Route,
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel(key = "work ${route.about}") { WorkModel(room.session, route.about.toLongOrNull() ?: 0) }
    val state by model.state.collectAsState()
    val actions =
        remember(model) {
            object : WorkActions {
                override fun choose(description: Long) = model.choose(description)

                override fun split() {
                    model.split()
                }

                override fun search(text: String) = model.search(text)

                override fun look(other: Work?) = model.look(other)

                override fun merge() {
                    model.merge()
                }
            }
        }
    WorkScreen(state, actions, model::reload, onBack)
}

@Composable
private fun Changes(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { ChangesModel(room.session) }
    val state by model.state.collectAsState()
    val changes by model.changes.rows.collectAsState()
    ChangesScreen(state, changes, model.changes::need, model.changes::reload, model::undo, { room.go.open(Route("history_item", it.toString())) }, onBack)
}

@Composable
private fun Hidden(
    room: Room,
    onBack: (() -> Unit)?,
) {
    val model = viewModel { HiddenModel(room.session) }
    val failure by model.failure.collectAsState()
    val listens by model.listens.rows.collectAsState()
    val actions =
        remember(model) {
            object : HiddenActions {
                override fun near(index: Int) = model.listens.need(index)

                override fun bringBack(hidden: tekram.ffi.HiddenListen) = model.bringBack(hidden)

                override fun open(hidden: tekram.ffi.HiddenListen) = room.go.open(item(hidden.listen))
            }
        }
    HiddenScreen(listens, failure, actions, model.listens::reload, onBack)
}
