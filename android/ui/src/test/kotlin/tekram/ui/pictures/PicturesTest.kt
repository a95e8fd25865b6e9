// Every sample in every variant, held against the pictures in docs/screens. `-Dpictures=write` draws those anew that
// changed, removes those that nothing draws any more, and writes the page that shows them.
package tekram.ui.pictures

import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.fail

class PicturesTest {
    private val writing = System.getProperty("pictures") == "write"
    private val folder = File(System.getProperty("screens"))
    private val page = File(System.getProperty("screens.page"))
    private val drawn = File("target/pictures")

    @TestFactory
    fun `a screen looks as it did`(): List<DynamicTest> = allSamples.map { dynamicTest(it.name) { checkSample(it) } }

    private fun checkSample(sample: Sample) {
        val failures = Variant.of(sample).mapNotNull { variant -> check(draw(sample, variant), "${sample.name}-${variant.key}.png") }
        if (failures.isNotEmpty()) fail(failures.joinToString("\n") + "\nIf this is meant: -Dpictures=write")
    }

    private fun check(
        now: Picture,
        name: String,
    ): String? {
        val file = folder.resolve(name)
        val before = Picture.read(file)
        val difference = if (before == null) "is new" else Comparison.difference(before, now)
        if (difference == null) return null
        val target = if (writing) file else drawn.resolve(name)
        target.parentFile.mkdirs()
        target.writeBytes(now.png())
        return "$name $difference; drawn now: $target".takeUnless { writing }
    }

    @Test
    fun `no picture is left of a screen that is gone`() {
        val wanted = allSamples.flatMap { sample -> Variant.of(sample).map { "${sample.name}-${it.key}.png" } }.toSet()
        val left = folder.list { _, name -> name.endsWith(".png") && name !in wanted }.orEmpty().sorted()
        if (writing) left.forEach { folder.resolve(it).delete() } else assertEquals(emptyList(), left)
    }

    @Test
    fun `no two samples have one name`() =
        assertEquals(
            emptyList(),
            allSamples
                .groupBy { it.name }
                .filterValues { it.size > 1 }
                .keys
                .toList(),
        )

    @Test
    fun `the page shows every screen`() {
        val text = ScreensPage.text(allSamples)
        if (writing) page.writeText(text) else assertEquals(text, page.takeIf { it.isFile }?.readText(), "docs/screens.md is out of date: -Dpictures=write")
    }
}
