// What only the device around the screens can do: show that the person is there, pick a file, read a code, open
// another app, keep the screen out of pictures. Android and the desktop window each bring one; screens ask for it.
package tekram.ui.common

import androidx.compose.runtime.staticCompositionLocalOf
import androidx.compose.ui.graphics.ImageBitmap
import tekram.ffi.BackupFolder
import kotlin.time.Duration
import kotlin.time.TimeSource

/** How showing that the person is there ended, when it did not succeed. */
enum class AbsenceReason {
    /** The person turned it away. */
    Cancelled,

    /** The device did not recognise them. */
    NotRecognised,

    /** There is no screen lock, or the key is gone because it changed. */
    NotSetUp,
}

/** Presence was not shown; nothing was opened. */
class NotPresent(
    val reason: AbsenceReason,
) : Exception(reason.name)

/** The device's own lock as a way in: keys that it opens only after the person showed that they are there. */
interface Presence {
    /** Whether a key can be made now; false where no screen lock is set up. */
    val ready: Boolean

    /**
     * Asks the person to show that they are there and opens [wrapped], the bytes that the core handed out.
     *
     * @throws NotPresent when they did not.
     */
    suspend fun unwrap(
        way: String,
        profile: String,
        wrapped: ByteArray,
    ): ByteArray
}

/** How exactly the app may know where the device is. */
enum class PlaceAnswer {
    AsWanted,

    /** An exact position was wanted, and only a rough one is allowed. */
    RoughOnly,
    Refused,
}

/** A code that was read from a card: its [kind] as readers call it, like `EAN_13`, and what it says. */
data class CardCode(
    val kind: String,
    val text: String,
)

/** A folder of the person's choice: its [name] to show, and the [reference] that finds it again after a restart. */
data class PickedFolder(
    val name: String,
    val reference: String,
)

/** What the device around the screens offers. Each call that is not possible here returns null or false. */
interface Device {
    /** The device's own lock, where it can guard keys. */
    val presence: Presence?

    /** What this app was built and started with. */
    val edition: Edition get() = plainEdition

    /** The link that opens what belongs to the device and not to a profile, where there is such a page. */
    val phonePage: String? get() = null

    /** The endpoint for other apps, where the device can keep one running. */
    val endpoint: Endpoint? get() = null

    /** Time since the device started, counted through sleep; the wall clock can be set back. */
    fun elapsed(): Duration

    /**
     * Lets the person choose a file to read; its path, or null when they turned away. [letGo] says when it was read.
     *
     * @throws FileFailed when what they chose could not be read.
     */
    suspend fun pickFile(): String?

    /** As [pickFile], for one file or several; none when they turned away. */
    suspend fun pickFiles(): List<String> = listOfNotNull(pickFile())

    /**
     * Lets the person say where a new file goes; a path to write to, or null when they turned away. See [save].
     *
     * @throws FileFailed when there is no room to write it.
     */
    suspend fun newFile(suggestedName: String): String?

    /** Gives a file that was written to the path of [newFile] to where the person wanted it; false when it did not get there. */
    suspend fun delivered(path: String): Boolean

    /** The file at a path of [pickFile] or [newFile] is needed no longer: a copy that was made on the way is deleted, the person's own file never. */
    suspend fun letGo(path: String) = Unit

    /**
     * Lets the person choose a folder for backups, or one with backups, that may be used again later; null when they turned
     * away or there is no such choice here.
     */
    suspend fun pickFolder(): PickedFolder? = null

    /** The folder that [PickedFolder.reference] stands for, when the core cannot reach it by its path; null when it can. */
    fun folder(reference: String): BackupFolder? = null

    /**
     * The backups of the profile with this id go to the folder that [reference] stands for, or with null to none: the right to
     * use one that no profile needs any more is given back.
     */
    fun backsUpInto(
        profile: String,
        reference: String?,
    ) = Unit

    /**
     * Lets the person choose a picture and makes it so small that it has at most [limitBytes], as a file; null when they
     * turned away.
     *
     * @throws FileFailed when what they chose is no picture.
     */
    suspend fun pickPicture(limitBytes: Int): ByteArray? = null

    /** A picture from its file, or null when it is none that can be drawn here. */
    fun picture(file: ByteArray): ImageBitmap? = null

    /** Reads a bar code or QR code with the camera; null when there is none or the person turned away. */
    suspend fun scan(): String?

    /** As [scan], for the code on a card, of whatever kind it is. */
    suspend fun scanCode(): CardCode? = null

    /** The code of this [kind] that says [text], to be drawn; null where this device draws no such code. */
    fun bars(
        kind: String,
        text: String,
    ): Bars? = null

    /** Whether [scan] can work here. */
    val canScan: Boolean

    /** Whether this device has a reader for a store's card. */
    val readsCards: Boolean get() = false

    /** Reads a store's card that is held to the device; null when the reader cannot now. Cancelling stops the reader. */
    suspend fun readCard(): String? = null

    /**
     * Asks the person, the first time, whether the app may know where the device is; an [exact] position is asked for only
     * when it is wanted, and is given for the next request alone. Null where the device cannot say.
     */
    suspend fun place(exact: Boolean): PlaceAnswer? = null

    /** Opens a link in the app that handles it; false when no app does. */
    fun open(link: String): Boolean

    /** Offers [text] to other apps; false when nothing here can. */
    fun share(text: String): Boolean

    /** The profile with this id was deleted: what the device keeps beside the core must not name it any longer. */
    fun forgot(profile: String) = Unit

    /** The profile with this id notices the player of this name, or no longer: the device follows it, or lets it be. */
    fun notices(
        player: String,
        profile: String,
        allowed: Boolean,
    ) = Unit

    /** Puts [text] on the clipboard. */
    fun copy(text: String)

    /** Keeps the screen out of pictures and the overview of apps while [hidden]. */
    fun hideScreen(hidden: Boolean)
}

private val plainEdition = Edition()

/** A device that offers nothing: for pictures and tests. */
open class PlainDevice : Device {
    private val start = TimeSource.Monotonic.markNow()
    override val presence: Presence? = null
    override val canScan: Boolean = false

    override fun elapsed(): Duration = start.elapsedNow()

    override suspend fun pickFile(): String? = null

    override suspend fun newFile(suggestedName: String): String? = null

    override suspend fun delivered(path: String): Boolean = true

    override suspend fun scan(): String? = null

    override fun open(link: String): Boolean = false

    override fun share(text: String): Boolean = false

    override fun copy(text: String) = Unit

    override fun hideScreen(hidden: Boolean) = Unit
}

/** The device around the screens. */
val LocalDevice = staticCompositionLocalOf<Device> { PlainDevice() }
