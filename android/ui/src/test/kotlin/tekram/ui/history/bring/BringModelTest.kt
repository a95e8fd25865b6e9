// Where a history comes from, against the real core: what was asked for is remembered and comes, and every provider has words.
package tekram.ui.history.bring

import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import org.junit.jupiter.api.Test
import tekram.ffi.BatchState
import tekram.ffi.HistoryRequest
import tekram.ffi.providers
import tekram.ui.CoreTest
import tekram.ui.common.Phase
import tekram.ui.desktop.XmlWords
import tekram.ui.history.ImportModel
import tekram.ui.history.Importing
import tekram.ui.history.PenModel
import tekram.ui.onScreen
import java.nio.file.Files
import java.nio.file.Path
import java.util.Locale
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertTrue

@OptIn(ExperimentalTestApi::class)
class BringModelTest : CoreTest() {
    private fun fixture(
        name: String,
    ): String = listOf("../../tests/fixtures/listens", "tests/fixtures/listens").map { Path.of(it, name) }.first(Files::exists).toString()

    @Test
    fun `what was asked for is awaited until an import of it is added`() =
        story {
            val session = session()
            val model = BringModel(session)
            model.state.until("the providers are there") { it.phase == Phase.Ready && it.providers.isNotEmpty() }
            model.remember("spotify")
            val asked = assertNotNull(model.state.until("it is remembered") { it.requests.isNotEmpty() }.request("spotify"))
            assertTrue(asked.readyMs > asked.requestedMs)

            val imports = ImportModel(session)
            imports.importFile(fixture("spotify-extended.zip"))
            val done = imports.state.until("it is read") { it.importing is Importing.Done || it.importing is Importing.Failed }
            val pen = PenModel(session, assertIs<Importing.Done>(done.importing).batch)
            pen.state.until("it is shown") { it.phase == Phase.Ready }
            pen.accept()
            pen.state.until("it is added") { it.batch?.state == BatchState.ACCEPTED }
            model.state.until("it came") { it.request("spotify")?.cameMs != null }

            model.forget("spotify")
            model.state.until("it is forgotten") { it.requests.isEmpty() }
        }

    @Test
    fun `a server that is not there leaves nothing and says so`() =
        story {
            val session = session()
            val model = BringModel(session)
            model.name("ada")
            model.fill("https://127.0.0.1:9")
            val ended = model.state.until("it ended") { it.filling is Filling.Done || it.filling is Filling.Failed }.filling
            if (ended is Filling.Done) {
                assertEquals(null, ended.fill.batch)
                assertNotNull(ended.fill.problem)
            }
            assertTrue(session.persona.batches().isEmpty())
        }

    @Test
    fun `every provider has its name and every step in both languages`() {
        for (locale in listOf(Locale.ENGLISH, Locale.GERMAN)) {
            val words = XmlWords(locale)
            for (provider in providers()) {
                assertTrue(words.has("history_bring_${provider.provider}"), provider.provider)
                for (step in 1..provider.steps.toInt()) assertTrue(words.has("history_bring_${provider.provider}_$step"), "${provider.provider} $step")
            }
        }
    }

    @Test
    fun `a provider's page is opened, asked, remembered and forgotten by taps`() {
        val said = mutableListOf<String>()
        val actions =
            object : ProviderActions {
                override fun open() = said.plusAssign("open")

                override fun remember() = said.plusAssign("remember")

                override fun forget() = said.plusAssign("forget")

                override fun choose() = said.plusAssign("choose")

                override fun name(name: String) = said.plusAssign(name)

                override fun fill() = said.plusAssign("fill")

                override fun stop() = said.plusAssign("stop")
            }
        val state = BringState(Phase.Ready, providers(), name = "ada")
        onScreen({ ProviderScreen(state, "listenbrainz", actions, {}, {}) }) {
            onNodeWithText("Open the page").performScrollTo().performClick()
            onNodeWithText("I have asked for it").performScrollTo().performClick()
            onNodeWithText("I have the file").performScrollTo().performClick()
            onNodeWithText("Begin with this name").performScrollTo().performClick()
            assertEquals(listOf("open", "remember", "choose", "fill"), said)
        }
        said.clear()
        val asked = state.copy(requests = listOf(HistoryRequest("spotify", 1_794_000_000_000, 1_796_592_000_000, null)))
        onScreen({ ProviderScreen(asked, "spotify", actions, {}, {}) }) {
            onNodeWithText("Forget the request").performScrollTo().performClick()
            assertEquals(listOf("forget"), said)
        }
        onScreen({ ProvidersScreen(asked, { said += it }, {}, {}) }) {
            onNodeWithText("Spotify, everything").assertIsDisplayed().performClick()
            assertEquals(listOf("forget", "spotify"), said)
        }
    }
}
