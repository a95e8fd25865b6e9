// A picture as pixels, and as a small PNG: a palette of at most 256 colours is enough for flat screens and a third of
// the size, which matters because every screen is checked in several times.
package tekram.ui.pictures

import java.awt.image.BufferedImage
import java.awt.image.DataBufferByte
import java.awt.image.IndexColorModel
import java.io.ByteArrayOutputStream
import java.io.File
import javax.imageio.IIOImage
import javax.imageio.ImageIO
import javax.imageio.ImageWriteParam

/** Pixels as 0xAARRGGBB, row by row. */
class Picture(
    val width: Int,
    val height: Int,
    val pixels: IntArray,
) {
    /** As a PNG with a palette. */
    fun png(): ByteArray {
        val palette = Palette.of(pixels)
        val model = IndexColorModel(BITS, palette.colors.size, palette.colors, 0, false, -1, java.awt.image.DataBuffer.TYPE_BYTE)
        val image = BufferedImage(width, height, BufferedImage.TYPE_BYTE_INDEXED, model)
        val bytes = (image.raster.dataBuffer as DataBufferByte).data
        for (i in pixels.indices) bytes[i] = palette.index(pixels[i])
        val out = ByteArrayOutputStream()
        val writer = ImageIO.getImageWritersByFormatName("png").next()
        val param = writer.defaultWriteParam
        param.compressionMode = ImageWriteParam.MODE_EXPLICIT
        param.compressionQuality = 0f
        ImageIO.createImageOutputStream(out).use {
            writer.output = it
            writer.write(null, IIOImage(image, null, null), param)
        }
        writer.dispose()
        return out.toByteArray()
    }

    companion object {
        private const val BITS = 8

        /** Reads a PNG, or returns null where there is none. */
        fun read(file: File): Picture? {
            val image = if (file.isFile) ImageIO.read(file) else return null
            return Picture(image.width, image.height, image.getRGB(0, 0, image.width, image.height, null, 0, image.width))
        }
    }
}

/**
 * At most 256 colours that stand for those of a picture: its most frequent ones as they are, because they are grounds and
 * fills that a comparison would miss, and for the others those found by cutting the space of colours at its medians.
 */
private class Palette(
    val colors: IntArray,
    private val byColor: Map<Int, Byte>,
) {
    fun index(color: Int): Byte = byColor.getValue(color)

    companion object {
        private const val SIZE = 256

        /** How many of the most frequent colours stay exactly as they are. */
        private const val KEPT = 64
        private const val CHANNEL = 0xFF
        private val shifts = intArrayOf(16, 8, 0)

        fun of(pixels: IntArray): Palette {
            val counts = HashMap<Int, Int>()
            for (pixel in pixels) counts.merge(pixel, 1, Int::plus)
            val frequent = counts.entries.sortedByDescending { it.value }.take(KEPT).map { it.key }
            val boxes = ArrayDeque(frequent.map(::listOf))
            (counts.keys - frequent.toSet()).toList().takeIf { it.isNotEmpty() }?.let(boxes::add)
            while (boxes.size < SIZE) {
                val widest = boxes.maxBy { box -> if (box.size < 2) -1 else shifts.maxOf { spread(box, it) } }
                if (widest.size < 2) break
                boxes.remove(widest)
                val shift = shifts.maxBy { spread(widest, it) }
                val sorted = widest.sortedBy { it.shr(shift) and CHANNEL }
                boxes += sorted.subList(0, sorted.size / 2)
                boxes += sorted.subList(sorted.size / 2, sorted.size)
            }
            // The most frequent colour of a box stands for it, so that grounds keep their exact colour.
            val colors = boxes.map { box -> box.maxBy(counts::getValue) }
            val byColor = boxes.flatMapIndexed { index, box -> box.map { it to index.toByte() } }.toMap()
            return Palette(colors.toIntArray(), byColor)
        }

        private fun spread(
            box: List<Int>,
            shift: Int,
        ): Int = box.maxOf { it.shr(shift) and CHANNEL } - box.minOf { it.shr(shift) and CHANNEL }
    }
}
