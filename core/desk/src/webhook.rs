//! Posting events to an address of the seller's, beside standard output: tried a few times, never waited for.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tekram_net::{Http, Request};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use url::Url;

use crate::event::{DeskEvent, Teller};

/// Events that wait to be posted; more are dropped.
const WAITING: usize = 1024;
/// Tries for one event, with a pause before each but the first.
const PAUSES: [Duration; 3] = [Duration::ZERO, Duration::from_secs(1), Duration::from_secs(5)];
const TIMEOUT: Duration = Duration::from_secs(10);
/// What the receiver answers does not matter beyond its status.
const MAX_ANSWER_BYTES: u64 = 64 * 1024;

/// Takes each event to be posted as JSON.
pub struct Webhook(mpsc::Sender<Vec<u8>>);

impl Webhook {
    /// Posts to `url` over `http`, within a Tokio runtime. The task ends when the webhook is dropped and what waited is
    /// posted.
    #[must_use]
    pub fn start(url: Url, http: Arc<dyn Http>) -> (Self, JoinHandle<()>) {
        let (sender, mut events) = mpsc::channel(WAITING);
        let task = tokio::spawn(async move {
            while let Some(event) = events.recv().await {
                post(&url, http.as_ref(), event).await;
            }
        });
        (Self(sender), task)
    }
}

async fn post(url: &Url, http: &dyn Http, event: Vec<u8>) {
    for pause in PAUSES {
        tokio::time::sleep(pause).await;
        let Ok(request) = Request::post_json(url.as_str(), event.clone()) else {
            return;
        };
        let request = request.max_bytes(MAX_ANSWER_BYTES).timeout(TIMEOUT);
        match http.fetch(request).await {
            Ok(answer) if answer.is_success() => return,
            // It understood and does not want it.
            Ok(answer) if (400..500).contains(&answer.status) && answer.status != 429 => return,
            _ => {}
        }
    }
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Webhook")
    }
}

impl Teller for Webhook {
    fn tell(&self, event: &DeskEvent) {
        if let Ok(json) = serde_json::to_vec(event) {
            // Full: the receiver is too slow, and standard output has the event.
            let _ = self.0.try_send(json);
        }
    }
}
