// Samples of the screens that put the log right.
package tekram.ui.history.edit

import androidx.compose.runtime.Composable
import tekram.ffi.Correction
import tekram.ffi.Edit
import tekram.ffi.EditChange
import tekram.ffi.HiddenListen
import tekram.ffi.ListenKind
import tekram.ffi.MergeLook
import tekram.ffi.Presence
import tekram.ffi.TagInUse
import tekram.ffi.Thumb
import tekram.ffi.Work
import tekram.ffi.WorkDescription
import tekram.ui.common.Phase
import tekram.ui.common.Tab
import tekram.ui.history.detail
import tekram.ui.history.rows
import tekram.ui.history.someListens
import tekram.ui.pictures.Sample
import tekram.ui.pictures.sample

/** 2026-10-05, 18:30 UTC. */
private const val EVENING = 1_791_225_000_000L
private const val MONTH = 30L * 24 * 3_600_000

internal val someEdit =
    EditState(
        Phase.Ready,
        detail.copy(
            listen = someListens.first().copy(note = "Heard on the ferry. Play it to Ines.", tags = listOf("harbour", "to keep"), corrected = true),
            original = Correction(title = "lighthouse_final_v3"),
        ),
        listOf(TagInUse("harbour", 7u), TagInUse("for the road", 4u), TagInUse("sleep", 2u)),
    )
internal val deletedEdit = someEdit.copy(detail = detail.copy(listen = someListens[1].copy(hidden = true), forGoodMs = EVENING + MONTH))

private val description = WorkDescription(11, "Slow Tide", listOf("Nils Ferro"), "Breakwater", listOf("Spotify"), 9u)
internal val someWork =
    Work(
        4,
        ListenKind.MUSIC,
        "Slow Tide",
        listOf("Nils Ferro"),
        "Breakwater",
        12u,
        listOf(
            description,
            description.copy(description = 12, title = "Slow Tide (live)", show = "Pier Sessions", sources = listOf("ListenBrainz"), plays = 3u),
        ),
    )
internal val otherWork = Work(8, ListenKind.MUSIC, "Slow tide - Remastered", listOf("Nils Ferro"), "Breakwater (Deluxe)", 2u, listOf(description))
internal val splitting = WorkState(Phase.Ready, someWork, setOf(12))
internal val merging = WorkState(Phase.Ready, someWork, text = "slow", found = listOf(otherWork))
internal val looking = merging.copy(look = MergeLook(listOf(someWork, otherWork), 14u, listOf("Spotify", "ListenBrainz")))

private fun change(
    edit: Long,
    change: EditChange,
    title: String = "Slow Tide",
    undone: Boolean = false,
) = Edit(edit, EVENING - (20 - edit) * 3_600_000, change, 2, title, if (undone) EVENING else null)

internal val someChanges =
    listOf(
        change(9, EditChange.Moved(Presence.SHOWN, Presence.HIDDEN), undone = true),
        change(8, EditChange.Corrected(Correction(), Correction(title = "The lighthouse keeper’s radio")), "The lighthouse keeper’s radio"),
        change(7, EditChange.Merged(listOf("Slow Tide", "Slow tide - Remastered")), ""),
        change(6, EditChange.Tagged(listOf("harbour"), listOf("new"))),
        change(5, EditChange.Noted("", "Heard on the ferry.")),
        change(4, EditChange.Rated(null, Thumb.UP)),
        change(3, EditChange.DeletedForGood, ""),
        change(2, EditChange.Split(listOf("Slow Tide (live)")), ""),
    )
internal val someHidden = listOf(HiddenListen(someListens[1].copy(hidden = true), null), HiddenListen(someListens[3].copy(hidden = true), EVENING + MONTH))

internal val noEdit =
    object : EditActions {
        override fun note(text: String) = Unit

        override fun tag(tag: String) = Unit

        override fun untag(tag: String) = Unit

        override fun correct(correction: Correction) = Unit

        override fun original() = Unit

        override fun hide(hidden: Boolean) = Unit

        override fun delete() = Unit

        override fun deleteForGood() = Unit

        override fun work() = Unit
    }

internal val noWork =
    object : WorkActions {
        override fun choose(description: Long) = Unit

        override fun split() = Unit

        override fun search(text: String) = Unit

        override fun look(other: Work?) = Unit

        override fun merge() = Unit
    }

internal val noHidden =
    object : HiddenActions {
        override fun near(index: Int) = Unit

        override fun bringBack(hidden: HiddenListen) = Unit

        override fun open(hidden: HiddenListen) = Unit
    }

/** Screens of edits. */
val editSamples: List<Sample> =
    listOf(
        sample("history_edit", tab = Tab.History) { EditScreen(someEdit, noEdit, {}, {}) },
        sample("history_edit", "deleted", Tab.History) { EditScreen(deletedEdit, noEdit, {}, {}) },
        sample("history_edit_work", tab = Tab.History) { OneWork(splitting) },
        sample("history_edit_work", "found", Tab.History) { OneWork(merging) },
        sample("history_edit_work", "look", Tab.History) { OneWork(looking) },
        sample("history_edit_changes", tab = Tab.History) { ChangesScreen(ChangesState(8), rows(someChanges), {}, {}, {}, {}, {}) },
        sample("history_edit_changes", "empty", Tab.History) { ChangesScreen(ChangesState(), rows(emptyList()), {}, {}, {}, {}, {}) },
        sample("history_edit_hidden", tab = Tab.History) { HiddenScreen(rows(someHidden), null, noHidden, {}, {}) },
        sample("history_edit_hidden", "empty", Tab.History) { HiddenScreen(rows(emptyList()), null, noHidden, {}, {}) },
    )

@Composable
private fun OneWork(state: WorkState) = WorkScreen(state, noWork, {}, {})
