// Podcasts against the real core: following, what cannot be followed, and letting go.
package tekram.ui.history.feed

import org.junit.jupiter.api.Test
import tekram.ui.CoreTest
import tekram.ui.common.Phase
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertTrue

class FeedsModelTest : CoreTest() {
    @Test
    fun `a podcast is followed by its address and asked, and let go again`() =
        story {
            val session = session()
            val model = FeedsModel(session)
            assertEquals(Phase.Empty, model.state.until("the list") { it.phase != Phase.Loading }.phase)
            var taken = false
            // Nothing answers there, and that stays with the podcast.
            model.follow("https://127.0.0.1:1/show.xml?token=secret") { taken = true }
            val asked = model.state.until("it was asked") { state -> !state.busy && state.feeds.any { it.problem.isNotEmpty() } }
            val feed = asked.feeds.single()
            assertTrue(taken && feed.private)
            assertEquals("https://127.0.0.1:1/…", feed.address)
            assertEquals(1u, feed.failures)

            val show = ShowModel(session, feed.feed)
            show.state.until("the podcast") { it.feed != null }
            assertEquals(Phase.Empty, show.episodes.rows.until("its episodes") { it.phase != Phase.Loading }.phase)
            show.unfollow { }
            model.state.until("it is let go") { it.feeds.isEmpty() && it.phase == Phase.Empty }
        }

    @Test
    fun `what is no address is refused and an episode that is not there says so`() =
        story {
            val session = session()
            val model = FeedsModel(session)
            model.follow("not an address") { error("taken") }
            assertNotNull(model.state.until("it is refused") { it.failure != null }.failure)
            EpisodeModel(session, 7).state.until("it is not there") { it.phase is Phase.Failed }
        }
}
