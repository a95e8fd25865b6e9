// Shows the back camera on a surface and looks for a code in its pictures until one is found or it is closed. Nothing
// is stored. All work is on a thread of its own; answers come there too, once. The thread lives until the camera is given
// back: the system answers on it, also when the person left before the camera was open, and what it hands over after that
// would stay open for every app of the phone.
package tekram.platform.scan

import android.Manifest
import android.annotation.SuppressLint
import android.content.Context
import android.content.pm.PackageManager
import android.graphics.ImageFormat
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraCaptureSession
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.hardware.camera2.CaptureRequest
import android.hardware.camera2.params.OutputConfiguration
import android.hardware.camera2.params.SessionConfiguration
import android.media.Image
import android.media.ImageReader
import android.os.Handler
import android.os.HandlerThread
import android.view.Surface
import java.util.concurrent.Executor

class CameraScanner(
    private val context: Context,
    private val preview: Surface,
    private val reader: CodeReader = CodeReader(),
    private val onEnd: (End) -> Unit,
) : AutoCloseable {
    sealed interface End {
        data class Found(
            val scanned: Scanned,
        ) : End

        /** The camera was not allowed. */
        data object NotAllowed : End

        /** There is no camera, or another app has it. */
        data object NoCamera : End
    }

    private val thread = HandlerThread("scan").apply { start() }
    private val handler = Handler(thread.looper)
    private val pictures = ImageReader.newInstance(WIDTH, HEIGHT, ImageFormat.YUV_420_888, BUFFERS)

    // All of these belong to the thread.
    private var camera = Camera.None
    private var device: CameraDevice? = null
    private var ended = false
    private var closed = false

    /** Where the system is with the camera; in [Opening] and [Closing] it owes an answer. */
    private enum class Camera { None, Opening, Open, Closing }

    /** Whether the thread still waits for work. */
    internal val isAlive: Boolean get() = thread.isAlive

    fun start() {
        handler.post { if (!ended) guarded(::open) }
    }

    /** Gives the camera back; nothing is answered any more. */
    override fun close() {
        handler.post {
            ended = true
            closed = true
            giveBack()
        }
    }

    @SuppressLint("MissingPermission")
    private fun open() {
        if (context.checkSelfPermission(Manifest.permission.CAMERA) != PackageManager.PERMISSION_GRANTED) return end(End.NotAllowed)
        val manager = context.getSystemService(CameraManager::class.java)
        val back = manager?.cameraIdList?.firstOrNull { facesBack(manager, it) }
        if (manager == null || back == null) return end(End.NoCamera)
        pictures.setOnImageAvailableListener({ look() }, handler)
        camera = Camera.Opening
        try {
            manager.openCamera(back, opening, handler)
        } catch (
            @Suppress("TooGenericExceptionCaught") refused: Exception,
        ) {
            // Then no answer comes.
            camera = Camera.None
            throw refused
        }
    }

    private val opening =
        object : CameraDevice.StateCallback() {
            override fun onOpened(opened: CameraDevice) {
                camera = Camera.Open
                device = opened
                if (ended) giveBack() else guarded { show(opened) }
            }

            override fun onDisconnected(lost: CameraDevice) {
                camera = Camera.Open
                device = lost
                end(End.NoCamera)
                giveBack()
            }

            override fun onError(
                broken: CameraDevice,
                error: Int,
            ) = onDisconnected(broken)

            override fun onClosed(gone: CameraDevice) {
                camera = Camera.None
                if (closed) giveBack()
            }
        }

    private fun show(opened: CameraDevice) {
        val running =
            object : CameraCaptureSession.StateCallback() {
                override fun onConfigured(session: CameraCaptureSession) {
                    if (!ended) guarded { run(opened, session) }
                }

                override fun onConfigureFailed(session: CameraCaptureSession) = end(End.NoCamera)
            }
        val outputs = listOf(OutputConfiguration(preview), OutputConfiguration(pictures.surface))
        val onHandler = Executor { handler.post(it) }
        opened.createCaptureSession(SessionConfiguration(SessionConfiguration.SESSION_REGULAR, outputs, onHandler, running))
    }

    private fun run(
        opened: CameraDevice,
        session: CameraCaptureSession,
    ) {
        val request = opened.createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW)
        request.addTarget(preview)
        request.addTarget(pictures.surface)
        request.set(CaptureRequest.CONTROL_AF_MODE, CaptureRequest.CONTROL_AF_MODE_CONTINUOUS_PICTURE)
        session.setRepeatingRequest(request.build(), null, handler)
    }

    private fun look() {
        val image = if (ended) null else pictures.acquireLatestImage()
        val found = image?.use { reader.read(brightness(it)) }
        if (found != null) end(End.Found(found))
    }

    private fun end(how: End) {
        if (ended) return
        ended = true
        giveBack()
        onEnd(how)
    }

    private fun giveBack() {
        // While it opens or closes an answer is owed, and that comes here again.
        if (camera == Camera.Open) {
            camera = Camera.Closing
            device?.close()
            device = null
        } else if (camera == Camera.None && closed) {
            pictures.close()
            thread.quitSafely()
        }
    }

    /** The camera's calls throw when another app took it, when the permission is gone, or when the surface went away in between. */
    private fun guarded(call: () -> Unit) =
        try {
            call()
        } catch (_: CameraAccessException) {
            end(End.NoCamera)
        } catch (_: SecurityException) {
            end(End.NotAllowed)
        } catch (_: IllegalStateException) {
            end(End.NoCamera)
        } catch (_: IllegalArgumentException) {
            end(End.NoCamera)
        } catch (_: UnsupportedOperationException) {
            end(End.NoCamera)
        }

    companion object {
        /** The preview's size, along the camera's own longer side, which lies along the screen's: every camera has it. */
        const val WIDTH = 1280

        /** See [WIDTH]. */
        const val HEIGHT = 720
        private const val BUFFERS = 2

        private fun facesBack(
            manager: CameraManager,
            id: String,
        ): Boolean =
            manager.getCameraCharacteristics(id).get(CameraCharacteristics.LENS_FACING) == CameraCharacteristics.LENS_FACING_BACK

        private fun brightness(image: Image): Brightness {
            val plane = image.planes[0]
            val bytes = ByteArray(plane.buffer.remaining()).also { plane.buffer.get(it) }
            // The last row may end at the picture's edge instead of the stride.
            val whole = bytes.copyOf(maxOf(bytes.size, plane.rowStride * image.height))
            return Brightness(whole, plane.rowStride, image.width, image.height)
        }
    }
}
