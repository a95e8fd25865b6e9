// What screens ask of the phone: showing that the person is there, files, codes, other apps. It lives as long as the
// process, since view models outlive activities; what needs an activity is asked of the one that is in front.
package tekram.app

import android.Manifest
import android.app.Activity
import android.content.ActivityNotFoundException
import android.content.ClipData
import android.content.ClipDescription
import android.content.ClipboardManager
import android.content.ContentResolver
import android.content.Context
import android.content.Intent
import android.content.pm.PackageManager
import android.graphics.BitmapFactory
import android.graphics.ImageDecoder
import android.net.Uri
import android.os.PersistableBundle
import android.os.SystemClock
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.asImageBitmap
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.withContext
import tekram.ffi.BackupFolder
import tekram.platform.backup.DocumentFolder
import tekram.platform.backup.FoldersInUse
import tekram.platform.picture.SmallPicture
import tekram.platform.scan.CodeReader
import tekram.platform.scan.CodeWriter
import tekram.platform.scan.NfcStoreCards
import tekram.platform.scan.StoreCards
import tekram.ui.common.Bars
import tekram.ui.common.CardCode
import tekram.ui.common.Device
import tekram.ui.common.Edition
import tekram.ui.common.Endpoint
import tekram.ui.common.FileFailed
import tekram.ui.common.FileFault
import tekram.ui.common.PickedFolder
import tekram.ui.common.PlaceAnswer
import tekram.ui.common.Presence
import java.io.File
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds

/** The phone around the screens. */
class PhoneDevice(
    private val context: Context,
    override val presence: Presence?,
    private val questions: Questions,
    private val permissions: Permissions,
    edition: Lazy<Edition>,
    private val onForgot: (String) -> Unit,
    private val onPlayer: (name: String, profile: String, allowed: Boolean) -> Unit,
    private val cards: (Activity) -> StoreCards = ::NfcStoreCards,
    override val endpoint: Endpoint? = null,
) : Device {
    // The exact position is for the next request alone.
    private val exactPlace = AtomicBoolean()

    override val edition: Edition by edition

    override val phonePage: String get() = PHONE

    // How many screens want it: one that goes and one that comes overlap.
    private val hiding = MutableStateFlow(0)

    /** How many of the screens in front want to be kept out of pictures. */
    val hidingScreens: StateFlow<Int> = hiding

    private val folders = FoldersInUse(context)

    // Files that were picked are copied here, because the core reads paths; others are waiting to be delivered.
    private val passing = File(context.cacheDir, "passing")
    private val targets = ConcurrentHashMap<String, Uri>()

    /** Deletes what an earlier run left behind: it may be a whole history. */
    fun tidy() {
        passing.deleteRecursively()
    }

    override fun elapsed(): Duration = SystemClock.elapsedRealtime().milliseconds

    override suspend fun pickFile(): String? = questions.ask(Question.OpenDocument)?.let { copied(listOf(it)).first() }

    override suspend fun pickFiles(): List<String> = copied(questions.ask(Question.OpenDocuments).orEmpty())

    /** Copies that the core can read by their paths; all of them or none. */
    private suspend fun copied(picked: List<Uri>): List<String> =
        withContext(Dispatchers.IO) {
            val copies = mutableListOf<File>()
            try {
                for (document in picked) {
                    val copy = newPassing(Documents.name(context, document) ?: "file") ?: throw FileFailed(FileFault.NotRead)
                    copies += copy
                    if (!Documents.copy(context, document, copy)) throw FileFailed(FileFault.NotRead)
                }
            } catch (why: FileFailed) {
                copies.forEach { letGo(it.path) }
                throw why
            }
            copies.map { it.path }
        }

    override suspend fun newFile(suggestedName: String): String? {
        val target = questions.ask(Question.CreateDocument(suggestedName)) ?: return null
        val path = withContext(Dispatchers.IO) { newPassing(suggestedName)?.path } ?: throw FileFailed(FileFault.NotSaved)
        targets[path] = target
        return path
    }

    override suspend fun delivered(path: String): Boolean {
        val target = targets.remove(path) ?: return false
        return withContext(Dispatchers.IO) { Documents.copy(context, File(path), target) }
    }

    override suspend fun pickFolder(): PickedFolder? {
        val tree = questions.ask(Question.OpenFolder) ?: return null
        val resolver = context.contentResolver
        return withContext(Dispatchers.IO) {
            if (!DocumentFolder.keep(resolver, tree)) throw FileFailed(FileFault.NotRead)
            PickedFolder(DocumentFolder.name(resolver, tree).orEmpty().ifEmpty { tree.lastPathSegment.orEmpty() }, tree.toString())
        }
    }

    override fun folder(reference: String): BackupFolder? =
        Uri.parse(reference).takeIf { it.scheme == ContentResolver.SCHEME_CONTENT }?.let { DocumentFolder(context.contentResolver, it) }

    override fun backsUpInto(
        profile: String,
        reference: String?,
    ) = folders.uses(profile, reference)

    override suspend fun pickPicture(limitBytes: Int): ByteArray? {
        val picked = questions.ask(Question.Picture) ?: return null
        return withContext(Dispatchers.IO) {
            SmallPicture.of(ImageDecoder.createSource(context.contentResolver, picked), limitBytes) ?: throw FileFailed(FileFault.NotRead)
        }
    }

    override fun picture(file: ByteArray): ImageBitmap? = BitmapFactory.decodeByteArray(file, 0, file.size)?.asImageBitmap()

    override suspend fun letGo(path: String) {
        targets.remove(path)
        // Only what was put into a folder of its own here.
        val folder = File(path).parentFile?.takeIf { it.parentFile == passing } ?: return
        withContext(Dispatchers.IO) { folder.deleteRecursively() }
    }

    /** A new file in a folder of its own; none when the phone has no room for it. */
    private fun newPassing(name: String): File? {
        val folder = File(passing, SystemClock.elapsedRealtimeNanos().toString())
        return if (folder.mkdirs()) File(folder, name.substringAfterLast('/').ifEmpty { "file" }) else null
    }

    override suspend fun scan(): String? = questions.ask(Question.Scan(CodeReader.Wanted.GoodsAndTexts))?.text

    override suspend fun scanCode(): CardCode? = questions.ask(Question.Scan(CodeReader.Wanted.Cards))

    override fun bars(
        kind: String,
        text: String,
    ): Bars? = CodeWriter.write(kind, text)?.run { Bars(width, height, modules) }

    override val canScan: Boolean
        get() = context.packageManager.hasSystemFeature(PackageManager.FEATURE_CAMERA_ANY)

    override val readsCards: Boolean
        get() = context.packageManager.hasSystemFeature(PackageManager.FEATURE_NFC)

    override suspend fun readCard(): String? =
        withContext(Dispatchers.Main.immediate) {
            val activity = questions.activity ?: return@withContext null
            val reader = cards(activity)
            val card = CompletableDeferred<String>()
            try {
                if (reader.listen(card::complete)) card.await() else null
            } finally {
                reader.stop()
            }
        }

    override suspend fun place(exact: Boolean): PlaceAnswer {
        val unasked = permissions.unaskedPlace(exact)
        if (unasked.isNotEmpty()) questions.ask(Question.MayIt(unasked))
        val mayExact = permissions.has(Manifest.permission.ACCESS_FINE_LOCATION)
        exactPlace.set(exact && mayExact)
        return when {
            exact && mayExact -> PlaceAnswer.AsWanted
            !mayExact && !permissions.has(Manifest.permission.ACCESS_COARSE_LOCATION) -> PlaceAnswer.Refused
            exact -> PlaceAnswer.RoughOnly
            else -> PlaceAnswer.AsWanted
        }
    }

    /** Whether the person chose an area that needs the exact position; asked once for each request. */
    fun takeExactPlace(): Boolean = exactPlace.getAndSet(false)

    override fun open(link: String): Boolean {
        val uri = Uri.parse(link)
        val intent =
            if (link == PHONE) {
                Intent(context, PhoneActivity::class.java)
            } else {
                // Never back into this app, and never an address of a file: links come from payees and sellers.
                if (uri.scheme.orEmpty().lowercase() in REFUSED) return false
                Intent(Intent.ACTION_VIEW, uri).addCategory(Intent.CATEGORY_BROWSABLE)
            }
        return start(intent)
    }

    override fun share(text: String): Boolean =
        start(Intent.createChooser(Intent(Intent.ACTION_SEND).setType("text/plain").putExtra(Intent.EXTRA_TEXT, text), null))

    private fun start(intent: Intent): Boolean =
        try {
            context.startActivity(intent.addFlags(Intent.FLAG_ACTIVITY_NEW_TASK))
            true
        } catch (_: ActivityNotFoundException) {
            false
        } catch (_: SecurityException) {
            false
        }

    override fun copy(text: String) {
        val clip = ClipData.newPlainText("", text)
        // Keyboards and the system's preview then show dots; the name is that of ClipDescription.EXTRA_IS_SENSITIVE (API 33).
        clip.description.extras = PersistableBundle().apply { putBoolean("android.content.extra.IS_SENSITIVE", true) }
        check(clip.description.hasMimeType(ClipDescription.MIMETYPE_TEXT_PLAIN))
        context.getSystemService(ClipboardManager::class.java)?.setPrimaryClip(clip)
    }

    override fun forgot(profile: String) {
        folders.forget(profile)
        onForgot(profile)
    }

    override fun notices(
        player: String,
        profile: String,
        allowed: Boolean,
    ) = onPlayer(player, profile, allowed)

    override fun hideScreen(hidden: Boolean) {
        hiding.update { (it + if (hidden) 1 else -1).coerceAtLeast(0) }
    }

    companion object {
        /** Opens what belongs to the phone: players that may be noticed, the widget, the technical log. */
        const val PHONE = "tekram:phone"
        private val REFUSED = setOf("", "file", "content", "javascript", "intent", "android-app", "tekram")
    }
}
