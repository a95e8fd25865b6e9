// Hands on what was asked from outside once a profile is open: to a room, or to the question who made a page, which is
// asked of the page's host only after the person said so.
package tekram.app

import android.net.Uri
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.platform.LocalContext
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import tekram.binding.Work
import tekram.platform.scan.PictureReader
import tekram.platform.scan.Scanned
import tekram.platform.share.Ask
import tekram.ui.common.Route
import tekram.ui.common.Tab
import tekram.ui.common.TekramTheme
import tekram.ui.common.Words
import tekram.ui.common.attempt
import tekram.ui.common.counted
import tekram.ui.history.capture.ReadForm
import tekram.ui.start.AppModel
import tekram.ui.start.AppPhase
import tekram.ui.start.Session
import tekram.ui.want.Wish
import tekram.ui.want.storeCard

/** The screen of a new request; what is wanted waits for it in the session. */
private const val COMPOSE = "want_compose"

/** Shows or hands on what waits at the [doorstep]. */
@Composable
fun DoorstepScreens(
    doorstep: Doorstep,
    app: AppModel,
    words: Words,
) {
    val state by app.state.collectAsState()
    val ask by doorstep.ask.collectAsState()
    val session = (state.phase as? AppPhase.Open)?.session ?: return
    when (val now = ask) {
        null -> {
            Unit
        }

        is Ask.PayMaker -> {
            TekramTheme { MakerDialog(session, now.page, words, done = doorstep::done) { app.select(Tab.Pay) } }
        }

        is Ask.Refused -> {
            TekramTheme { Notice(words.word("app_link_refused"), words, doorstep::done) }
        }

        is Ask.OpenRoom -> {
            LaunchedEffect(now) {
                app.select(tab(now.room))
                doorstep.done()
            }
        }

        is Ask.Want -> {
            LaunchedEffect(now) {
                begin(Wish(now.what, now.gtin, now.page?.toString()), session, app)
                doorstep.done()
            }
        }

        is Ask.ReadPage -> {
            LaunchedEffect(now) {
                app.select(Tab.History, ReadForm(now.page.toString(), now.title).route())
                doorstep.done()
            }
        }

        is Ask.WantFromPicture -> {
            Picture(now.picture, doorstep, session, app)
        }
    }
}

@Composable
private fun Picture(
    picture: Uri,
    doorstep: Doorstep,
    session: Session,
    app: AppModel,
) {
    val context = LocalContext.current
    LaunchedEffect(picture) {
        val found = withContext(Dispatchers.IO) { PictureReader(context.contentResolver).read(picture) }
        begin(wish(found), session, app)
        doorstep.done()
    }
}

/** What a picture asks for: the barcode or the store's card on it. One without is a thing to describe in words. */
private fun wish(found: Scanned?): Wish =
    when (found) {
        is Scanned.Goods -> Wish(code = found.gtin)
        is Scanned.Text -> if (storeCard(found.text) == null) Wish(noCode = true) else Wish(code = found.text)
        is Scanned.Card, null -> Wish(noCode = true)
    }

private fun begin(
    wish: Wish,
    session: Session,
    app: AppModel,
) {
    session.want(wish)
    app.select(Tab.Want, Route(COMPOSE))
}

private fun tab(room: Ask.Room): Tab =
    when (room) {
        Ask.Room.History -> Tab.History
        Ask.Room.Pay -> Tab.Pay
        Ask.Room.Want -> Tab.Want
        Ask.Room.Relations -> Tab.Relations
        Ask.Room.Me -> Tab.Me
    }

private sealed interface Looking {
    data object NotYet : Looking

    data object Now : Looking

    data class Found(
        val payees: Long,
    ) : Looking

    data object Failed : Looking
}

@Composable
private fun MakerDialog(
    session: Session,
    page: Uri,
    words: Words,
    done: () -> Unit,
    openPay: () -> Unit,
) {
    var looking by remember(page) { mutableStateOf<Looking>(Looking.NotYet) }
    if (looking == Looking.Now) {
        LaunchedEffect(page) { looking = look(session, page) }
    }
    val said =
        when (val how = looking) {
            Looking.NotYet -> words.word("app_maker_text", page.host.orEmpty())
            Looking.Now -> words.word("common_loading")
            is Looking.Found -> if (how.payees == 0L) words.word("app_maker_none") else words.counted("app_maker_found", how.payees)
            Looking.Failed -> words.word("app_maker_failed")
        }
    AlertDialog(
        onDismissRequest = done,
        title = { Text(words.word("app_maker_title")) },
        text = { Text(said) },
        confirmButton = {
            when (val how = looking) {
                Looking.NotYet -> {
                    TextButton({ looking = Looking.Now }) { Text(words.word("app_maker_look")) }
                }

                is Looking.Found -> {
                    TextButton({
                        done()
                        if (how.payees > 0) openPay()
                    }) { Text(words.word(if (how.payees > 0) "common_open" else "common_close")) }
                }

                Looking.Now -> {
                    Unit
                }

                Looking.Failed -> {
                    TextButton({ looking = Looking.Now }) { Text(words.word("common_retry")) }
                }
            }
        },
        dismissButton = { if (looking !is Looking.Found) TextButton(done) { Text(words.word("common_cancel")) } },
    )
}

private suspend fun look(
    session: Session,
    page: Uri,
): Looking =
    attempt {
        val task = session.persona.discover(listOf(page.toString()))
        Work(task, task::next, task::finish, task::cancel).run()
    }.fold(
        { looks -> if (looks.all { it.problem != null }) Looking.Failed else Looking.Found(looks.sumOf { it.payees.toLong() }) },
        { Looking.Failed },
    )

@Composable
private fun Notice(
    text: String,
    words: Words,
    done: () -> Unit,
) = AlertDialog(onDismissRequest = done, text = { Text(text) }, confirmButton = { TextButton(done) { Text(words.word("common_ok")) } })
