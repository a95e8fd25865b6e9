package tekram.platform.scan

import android.Manifest
import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraManager
import android.hardware.camera2.impl.CameraDeviceImpl
import android.hardware.camera2.params.SessionConfiguration
import android.os.Looper
import android.view.Surface
import org.junit.Before
import org.junit.Test
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements
import org.robolectric.annotation.RealObject
import org.robolectric.shadows.ShadowCameraCharacteristics
import org.robolectric.shadows.ShadowCameraDeviceImpl
import tekram.platform.Phone
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue

/**
 * A camera that notes that it was given back, and fails as a test says. Only its first `close` counts: the framework's
 * `finalize` closes it once more, whenever memory is tidied up, which may be during another test.
 */
@Implements(CameraDeviceImpl::class)
class CountingCamera : ShadowCameraDeviceImpl() {
    @RealObject private lateinit var real: CameraDeviceImpl
    private val closed = AtomicBoolean()

    @Implementation
    override fun createCaptureSession(configuration: SessionConfiguration) {
        failure?.let { throw it }
        super.createCaptureSession(configuration)
    }

    @Implementation
    override fun close() {
        if (closed.compareAndSet(false, true)) givenBack += real.id
        super.close()
    }

    companion object {
        val givenBack = CopyOnWriteArrayList<String>()
        var failure: Exception? = null
    }
}

/** The camera is given back whenever it was taken, and what it throws is an answer. */
@Config(shadows = [CountingCamera::class])
class CameraScannerTest : Phone() {
    private val ends = CopyOnWriteArrayList<CameraScanner.End>()
    private val camera get() = context.getSystemService(CameraManager::class.java)!!

    @Before
    fun begin() {
        CountingCamera.givenBack.clear()
        CountingCamera.failure = null
        shadowOf(context as android.app.Application).grantPermissions(Manifest.permission.CAMERA)
    }

    private fun backCamera() {
        val facing = ShadowCameraCharacteristics.newCameraCharacteristics()
        shadowOf(facing).set(CameraCharacteristics.LENS_FACING, CameraCharacteristics.LENS_FACING_BACK)
        shadowOf(camera).addCamera("back", facing)
    }

    private fun scanner() = CameraScanner(context, Surface(SurfaceTexture(0))) { ends += it }

    private fun until(
        what: String,
        condition: () -> Boolean,
    ) {
        val end = System.nanoTime() + 10_000_000_000
        while (!condition()) {
            check(System.nanoTime() < end) { "waited for $what; ends $ends, given back ${CountingCamera.givenBack}" }
            shadowOf(Looper.getMainLooper()).idle()
            Thread.sleep(5)
        }
    }

    @Test
    fun `left before the camera was open, it is given back all the same and the thread ends`() {
        backCamera()
        val scanner = scanner()
        scanner.start()
        scanner.close()
        until("the end") { !scanner.isAlive }
        assertEquals(listOf("back"), CountingCamera.givenBack.toList())
        assertTrue(ends.isEmpty(), "nobody waits for an answer any more")
    }

    @Test
    fun `what the camera throws while it begins is an answer, not a crash`() {
        backCamera()
        for (failure in listOf(CameraAccessException(CameraAccessException.CAMERA_ERROR), IllegalStateException(), IllegalArgumentException())) {
            ends.clear()
            CountingCamera.givenBack.clear()
            CountingCamera.failure = failure
            val scanner = scanner()
            scanner.start()
            until("an answer to $failure") { ends.isNotEmpty() && CountingCamera.givenBack.isNotEmpty() }
            scanner.close()
            until("the end after $failure") { !scanner.isAlive }
            assertEquals(listOf<CameraScanner.End>(CameraScanner.End.NoCamera), ends.toList())
        }
    }

    @Test
    fun `without a camera on its back and without the permission it says so once`() {
        val none = scanner()
        none.start()
        until("no camera") { ends.toList() == listOf(CameraScanner.End.NoCamera) }
        none.close()
        until("the end") { !none.isAlive }
        backCamera()
        shadowOf(context as android.app.Application).denyPermissions(Manifest.permission.CAMERA)
        ends.clear()
        val refused = scanner()
        refused.start()
        until("not allowed") { ends.toList() == listOf(CameraScanner.End.NotAllowed) }
        assertTrue(refused.isAlive)
        refused.close()
        until("the end") { !refused.isAlive }
        assertTrue(CountingCamera.givenBack.isEmpty())
        assertFalse(ends.size > 1)
    }
}
