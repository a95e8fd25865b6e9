// What a person does with the app, from its first start on: told to the real activity on this machine (Robolectric) and on a
// phone or an emulator (androidTest), each time with the real core. Each story begins with an app that was never opened.
package tekram.app

import android.content.Intent
import android.net.Uri
import kotlin.test.assertFalse
import kotlin.test.assertTrue

/** The stories. */
class Stories(
    private val screen: Screen,
) {
    /** A name, a passphrase, and every room has something to say. */
    fun fromTheFirstStartThroughTheRooms() =
        screen.run {
            open(Intent(Intent.ACTION_MAIN))
            until("first run") { shows(word(R.string.start_title)) }
            firstRun()
            for ((tab, says) in listOf(
                R.string.common_tab_pay to R.string.pay_empty_title,
                R.string.common_tab_want to R.string.want_empty_title,
                R.string.common_tab_relations to R.string.relations_empty_title,
                R.string.common_tab_me to R.string.me_lock,
                R.string.common_tab_history to R.string.history_empty_title,
            )) {
                tap(word(tab))
                until(word(says)) { shows(word(says)) }
            }
        }

    /** Locked by hand, refused with another passphrase, opened with its own. */
    fun lockedByHandItOpensWithItsPassphraseAlone() =
        screen.run {
            open(Intent(Intent.ACTION_MAIN))
            firstRun()
            tap(word(R.string.common_tab_me))
            tap(word(R.string.me_lock))
            until("the lock") { shows(word(R.string.start_lock_one, "Home")) }
            type("lock_passphrase", "other words in a row")
            tap(word(R.string.start_unlock))
            until("the refusal") { shows(word(R.string.error_wrong_passphrase)) }
            type("lock_passphrase", PASSPHRASE)
            tap(word(R.string.start_unlock))
            until("the tabs") { shows(word(R.string.common_tab_relations)) }
        }

    /** A page that another app shared waits for the profile, and nobody is asked before the person says so. */
    fun whatWasSharedWaitsForTheProfile() =
        screen.run {
            open(
                Intent(Intent.ACTION_SEND)
                    .setClassName(context, "tekram.app.ShareToPay")
                    .setType("text/plain")
                    .putExtra(Intent.EXTRA_TEXT, "https://example.org/episode/7"),
            )
            until("first run") { shows(word(R.string.start_title)) }
            assertFalse(shows(word(R.string.app_maker_title)))
            firstRun()
            until("the question") { shows(word(R.string.app_maker_title)) }
            assertTrue(shows(word(R.string.app_maker_text, "example.org")), "it names whom it would ask, and has not asked")
            tap(word(R.string.common_cancel))
            until("gone") { !shows(word(R.string.app_maker_title)) }
        }

    /** A link opens a room, and one that would do more is refused. */
    fun aLinkOpensARoomAndDoesNothingElse() =
        screen.run {
            open(Intent(Intent.ACTION_VIEW, Uri.parse("tekram:settle?month=2026-10")).setClassName(context, MainActivity::class.java.name))
            firstRun()
            until("refused") { shows(word(R.string.app_link_refused)) }
        }
}
