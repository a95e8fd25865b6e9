//! Two personas that are open side by side look like two strangers to a server: no connection, cookie or remembered version
//! of a page goes from one to the other.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use tekram_agent::{Passphrase, Persona};

const FEED: &str = "<?xml version=\"1.0\"?><rss version=\"2.0\" xmlns:podcast=\"https://podcastindex.org/namespace/1.0\">\
    <channel><title>Harbour Lights</title><podcast:funding url=\"https://pay.example/harbour\">Support</podcast:funding>\
    </channel></rss>";

/// A request: the connection that it came on, and the lines of its head.
#[derive(Clone, Debug)]
struct Seen {
    connection: usize,
    head: Vec<String>,
}

impl Seen {
    fn says(&self, header: &str) -> bool {
        self.head
            .iter()
            .any(|line| line.to_ascii_lowercase().starts_with(header))
    }
}

/// A server that would know its visitors again if it could: it keeps connections open, sets a cookie and tags its page.
fn curious_server() -> (String, Arc<Mutex<Vec<Seen>>>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let origin = format!("127.0.0.1:{}", listener.local_addr().unwrap().port());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&seen);
    thread::spawn(move || {
        for (connection, stream) in listener.incoming().enumerate() {
            let noted = Arc::clone(&noted);
            thread::spawn(move || answer(connection, stream.unwrap(), &noted));
        }
    });
    (origin, seen)
}

fn answer(connection: usize, mut stream: TcpStream, seen: &Mutex<Vec<Seen>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    loop {
        let mut head = Vec::new();
        loop {
            let mut line = String::new();
            // The other side is done with the connection.
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            if line.trim().is_empty() {
                break;
            }
            head.push(line);
        }
        seen.lock().unwrap().push(Seen { connection, head });
        let sent = write!(
            stream,
            "HTTP/1.1 200 OK\r\ncontent-type: application/rss+xml\r\ncontent-length: {}\r\netag: \"one\"\r\n\
             set-cookie: visitor={connection}; Path=/\r\ncache-control: max-age=3600\r\n\r\n{FEED}",
            FEED.len()
        );
        if sent.is_err() {
            return;
        }
    }
}

async fn look(persona: &Persona, feed: &str) {
    let looks = persona.discover(&[feed.to_owned()], &|_| {}).await.unwrap();
    assert_eq!(looks.len(), 1);
    assert!(looks[0].found.is_some(), "{looks:?}");
}

#[tokio::test]
async fn a_server_cannot_tell_that_two_personas_are_one_person() {
    let (origin, seen) = curious_server();
    let feed = format!("http://{origin}/feed.xml");
    let folder = tempfile::tempdir().unwrap();
    let agent = tekram_agent::open(folder.path(), &[origin], None).unwrap();
    let passphrase = Passphrase::from("a long walk in the rain");
    let home = agent.create_persona("Home", &passphrase).unwrap();
    let nobody = agent.create_persona("Nobody", &passphrase).unwrap();
    let mut asked = Vec::new();
    for persona in [&home, &nobody, &home, &nobody] {
        let before = seen.lock().unwrap().len();
        look(persona, &feed).await;
        let requests = seen.lock().unwrap()[before..].to_vec();
        assert!(!requests.is_empty(), "each of them asks for itself");
        asked.push(requests);
    }
    let by_home: Vec<&Seen> = asked[0].iter().chain(&asked[2]).collect();
    let by_nobody: Vec<&Seen> = asked[1].iter().chain(&asked[3]).collect();
    for one in &by_home {
        assert!(by_nobody.iter().all(|other| other.connection != one.connection));
    }
    assert!(by_home.iter().chain(&by_nobody).all(|request| !request.says("cookie:")));
    assert!(
        asked[1].iter().all(|request| !request.says("if-none-match:")),
        "what one has read, the other has not"
    );
}
