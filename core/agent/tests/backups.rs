//! Backups of a persona: into a folder, to a real WebDAV server, over a line that breaks; restored, checked and rescued.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tekram_agent::{
    Agent, AgentError, BackupKey, BackupMade, BackupPlaceKind, BackupServer, BackupSource, NetPolicy, NetworkKind,
    Passphrase, Persona, RescueBy, RestoreOptions, WorkProgress,
};
use tekram_harness::bad_line::{BadLine, Trouble};
use tekram_harness::feed_server::FeedServer;
use tekram_harness::folder::entries;
use tekram_harness::webdav::WebDavServer;
use tekram_primitives::time::{FixedClock, Timestamp};
use tempfile::TempDir;

/// 20 November 2026, noon.
const NOW_MS: i64 = 1_795_176_000_000;
const HOUR_MS: u64 = 3_600_000;
const PASSPHRASE: &str = "a long walk in the rain";

struct Device {
    folder: TempDir,
    clock: Arc<FixedClock>,
    agent: Agent,
}

/// A device that may reach these addresses of this machine.
fn device(allowed: &[&str]) -> Device {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(FixedClock::new(Timestamp::from_millis(NOW_MS)));
    let policy = allowed
        .iter()
        .fold(NetPolicy::default(), |policy, url| policy.allow(&url.parse().unwrap()));
    let agent = Agent::open(&folder.path().join("data"), policy, Arc::clone(&clock) as _).unwrap();
    Device { folder, clock, agent }
}

fn passphrase() -> Passphrase {
    Passphrase::from(PASSPHRASE)
}

fn go_on(_: WorkProgress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn code<T: std::fmt::Debug>(outcome: Result<T, AgentError>) -> &'static str {
    outcome.unwrap_err().code()
}

impl Device {
    fn persona(&self) -> Persona {
        self.agent.create_persona("Home", &passphrase()).unwrap()
    }

    /// Hears `listens` pieces more, each three minutes.
    fn hear(&self, persona: &Persona, listens: usize) {
        let file = self.folder.path().join("listens.jsonl");
        let before = persona.batches().unwrap().len() * 10_000;
        let lines: String = (0..listens)
            .map(|number| {
                format!(
                    "{{\"listened_at\":{},\"track_metadata\":{{\"artist_name\":\"Ondine Okafor\",\"track_name\":\"Marrow {number}\",\
                     \"additional_info\":{{\"duration_ms\":180000}}}}}}\n",
                    1_791_000_000 + before + number * 200
                )
            })
            .collect();
        fs::write(&file, lines).unwrap();
        let report = persona
            .import(&file, &mut |_| {}, Arc::new(AtomicBool::new(false)))
            .unwrap();
        persona.accept_batch(report.batch_id).unwrap();
    }

    fn restore(&self, source: &BackupSource, name: &str) -> Result<Persona, AgentError> {
        let passphrase = passphrase();
        let key = BackupKey::Passphrase(&passphrase);
        let options = RestoreOptions::default();
        let restored = self.agent.restore(source, name, key, &options, &mut go_on)?;
        Ok(restored.0)
    }
}

fn back_up(persona: &Persona) -> Result<BackupMade, AgentError> {
    persona.back_up(None, &mut go_on)
}

fn listens(persona: &Persona) -> u64 {
    persona.holdings().unwrap().listens
}

/// The server as this person knows it, at `url`.
fn login(url: &str) -> BackupServer {
    let password = Passphrase::from(WebDavServer::PASSWORD);
    BackupServer::new(&format!("{url}/Tekram"), WebDavServer::USER, password)
}

/// A server, and the folder that it lives in.
fn server() -> (TempDir, WebDavServer) {
    let folder = tempfile::tempdir().unwrap();
    let server = WebDavServer::start(folder.path().join("dav")).unwrap();
    (folder, server)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    entries(folder).unwrap()
}

#[test]
fn a_backup_is_due_each_day_and_what_became_of_the_last_one_is_kept() {
    let device = device(&[]);
    let home = device.persona();
    assert_eq!(code(back_up(&home)), "no_backup_place");
    assert_eq!(code(home.set_backup_daily(true)), "no_backup_place");
    let folder = device.folder.path().join("stick");
    home.use_backup_folder("Stick", folder.to_str().unwrap()).unwrap();
    let plan = || home.backup_plan().unwrap().unwrap();
    assert_eq!((plan().kind, plan().due), (BackupPlaceKind::Folder, true));

    let made = back_up(&home).unwrap();
    assert_eq!(
        (plan().last_ms, plan().last_bytes),
        (Some(NOW_MS), Some(made.file_bytes))
    );
    assert!(!plan().due);
    device.clock.advance_ms(23 * HOUR_MS);
    assert!(!plan().due);
    device.clock.advance_ms(HOUR_MS);
    assert!(plan().due);
    home.set_backup_daily(false).unwrap();
    assert!(!plan().due);
    home.set_backup_daily(true).unwrap();

    // A file where the folder was.
    fs::rename(&folder, device.folder.path().join("away")).unwrap();
    fs::write(&folder, "in the way").unwrap();
    assert_eq!(code(back_up(&home)), "io");
    assert_eq!(plan().last_problem.as_deref(), Some("io"));
    assert_eq!(plan().last_ms, Some(NOW_MS));
    fs::remove_file(&folder).unwrap();
    fs::rename(device.folder.path().join("away"), &folder).unwrap();
    assert!(back_up(&home).unwrap().done.full.is_none());
    assert_eq!((plan().last_problem, plan().due), (None, false));

    // It stands in the vault: locking forgets none of it.
    let id = home.id().to_owned();
    home.lock().unwrap();
    let home = device.agent.unlock_with_passphrase(&id, &passphrase()).unwrap();
    assert_eq!(home.backup_plan().unwrap().unwrap().place, "Stick");
    home.forget_backup_place().unwrap();
    assert_eq!(home.backup_plan().unwrap(), None);
    assert_eq!(files(&folder).len(), 1);
}

#[test]
fn a_backup_on_a_server_grows_and_comes_back_on_another_device() {
    let (_folder, server) = server();
    let phone = device(&[&server.url]);
    let home = phone.persona();
    home.use_backup_server(&login(&server.url)).unwrap();
    let plan = home.backup_plan().unwrap().unwrap();
    assert_eq!((plan.kind, plan.due), (BackupPlaceKind::Server, true));
    let hosts = home.networks().unwrap();
    let host = (hosts[0].kind, hosts[0].host.as_str(), hosts[0].since_ms);
    assert_eq!(
        host,
        (
            NetworkKind::Backup,
            server.url.trim_start_matches("http://"),
            Some(NOW_MS)
        )
    );
    let remote = server.folder.join("Tekram");
    assert_eq!(files(&remote), [] as [PathBuf; 0], "what was tried is gone");

    let first = back_up(&home).unwrap();
    assert!(first.done.full.is_some());
    phone.hear(&home, 40);
    let mut told = Vec::new();
    let second = home
        .back_up(None, &mut |progress| {
            told.push(progress);
            ControlFlow::Continue(())
        })
        .unwrap();
    assert!(second.done.full.is_none() && second.done.pages < first.done.pages);
    assert!(told.iter().any(|progress| progress.total_bytes == second.file_bytes));
    let file = remote.join(&first.done.name);
    assert_eq!(files(&remote), std::slice::from_ref(&file));
    assert_eq!(fs::metadata(&file).unwrap().len(), second.file_bytes);
    // Encrypted as everywhere: neither the person's name nor the password is on the server.
    let bytes = fs::read(&file).unwrap();
    assert!(!bytes.windows(4).any(|part| part == b"Home"));

    let tablet = device(&[&server.url]);
    let source = BackupSource::Server(login(&server.url));
    let entries = tablet.agent.backups(&source, &mut go_on).unwrap();
    assert_eq!((entries.len(), entries[0].states.len()), (1, 2));
    let again = tablet.restore(&source, &entries[0].name).unwrap();
    assert_eq!(listens(&again), 40);
    // The place came along with its password: the next backup goes there too, begun anew by the other device.
    tablet.hear(&again, 5);
    back_up(&again).unwrap();
    // The first device notices that the file is another one now, and adds to that one's end or begins anew: nothing is lost.
    phone.hear(&home, 7);
    back_up(&home).unwrap();
    assert_eq!(
        files(&tablet.folder.path().join("data")).len(),
        files(&phone.folder.path().join("data")).len()
    );
    let leftovers = files(&phone.folder.path().join("data"));
    assert!(
        leftovers
            .iter()
            .all(|path| !path.to_string_lossy().contains("on-its-way"))
    );
}

/// A server of its own whose every answer leads to another one; its address.
fn leading_to(url: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let answer = format!("HTTP/1.1 307 T\r\nlocation: {url}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    format!("http://{address}")
}

#[test]
fn a_server_in_the_home_network_is_reached_when_the_person_says_so_and_for_backups_alone() {
    let (_folder, server) = server();
    let phone = device(&[]);
    let home = phone.persona();
    let at_home = |url: &str| login(url).in_home_network();
    let encrypted = server.url.replace("http:", "https:");
    assert_eq!(code(home.use_backup_server(&login(&server.url))), "insecure_server");
    assert_eq!(code(home.use_backup_server(&login(&encrypted))), "private_address");
    let unsaid = BackupSource::Server(login(&server.url));
    assert_eq!(code(phone.agent.backups(&unsaid, &mut go_on)), "insecure_server");
    assert_eq!(home.backup_plan().unwrap(), None);

    home.use_backup_server(&at_home(&server.url)).unwrap();
    phone.hear(&home, 3);
    let made = back_up(&home).unwrap();
    // It is kept with the place, in the vault, and comes along with it.
    let id = home.id().to_owned();
    home.lock().unwrap();
    let home = phone.agent.unlock_with_passphrase(&id, &passphrase()).unwrap();
    assert!(home.backup_plan().unwrap().unwrap().in_home_network);
    assert!(back_up(&home).unwrap().done.full.is_none());
    let tablet = device(&[]);
    let there = BackupSource::Server(at_home(&server.url));
    let again = tablet.restore(&there, &made.done.name).unwrap();
    assert_eq!(listens(&again), 3);
    back_up(&again).unwrap();

    // Nothing but backups goes there.
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let feed = format!("{}/feed.xml", server.url);
    let looks = runtime.block_on(home.discover(&[feed], &|_| {})).unwrap();
    assert_eq!(looks[0].problem, Some("private_address"));

    // Where it leads to is no place that the person named, and what they said holds for the named one alone.
    let feeds = tempfile::tempdir().unwrap();
    let pages = FeedServer::start(feeds.path(), 0).unwrap();
    let door = leading_to(&pages.url);
    assert_eq!(code(home.use_backup_server(&at_home(&door))), "bad_redirect");
    assert_eq!(code(home.use_backup_server(&login(&pages.url))), "insecure_server");
    assert!(pages.requests().is_empty());
    // Not without encryption to anywhere else.
    assert_eq!(
        code(home.use_backup_server(&at_home("http://93.184.216.34/"))),
        "insecure_server"
    );
    assert_eq!(
        home.backup_plan().unwrap().unwrap().place,
        format!("{}/Tekram", server.url)
    );
}

#[test]
fn a_line_that_breaks_in_an_upload_leaves_the_backup_on_the_server_whole() {
    let (_folder, server) = server();
    let line = BadLine::to(server.address).unwrap();
    let url = format!("http://127.0.0.1:{}", line.port());
    let device = device(&[&url]);
    let home = device.persona();
    home.use_backup_server(&login(&url)).unwrap();
    let made = back_up(&home).unwrap();
    let file = server.folder.join("Tekram").join(&made.done.name);
    let before = fs::read(&file).unwrap();
    device.hear(&home, 20);

    // Cut after more and more bytes: in the listing, in the download, in the upload.
    for bytes in [0, 300, 2_000, 20_000, 200_000] {
        line.set(Trouble::CutAfter { bytes });
        let refused = code(back_up(&home));
        assert!(
            ["connection_lost", "unreachable", "timed_out"].contains(&refused),
            "{refused}"
        );
        assert_eq!(fs::read(&file).unwrap(), before, "after {bytes} bytes");
    }
    assert_eq!(home.backup_plan().unwrap().unwrap().last_ms, Some(NOW_MS));
    // Stopped by the person in the middle of an upload.
    line.set(Trouble::None);
    let mut calls = 0;
    let stopped = home.back_up(None, &mut |_| {
        calls += 1;
        if calls > 3 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    assert_eq!(code(stopped), "cancelled");
    assert_eq!(fs::read(&file).unwrap(), before);

    let after = back_up(&home).unwrap();
    assert_eq!(after.done.name, made.done.name);
    assert_eq!(files(&server.folder.join("Tekram")), [file], "no leftover");
    assert_eq!(home.backup_plan().unwrap().unwrap().last_problem, None);
    let source = home.backup_source(None).unwrap();
    let other = self::device(&[&url]);
    assert_eq!(listens(&other.restore(&source, &after.done.name).unwrap()), 20);
}

#[test]
fn servers_that_must_not_or_cannot_be_used_are_refused_by_name() {
    let (_folder, server) = server();
    let allowed = device(&[&server.url]);
    let home = allowed.persona();
    let wrong = BackupServer::new(&server.url, WebDavServer::USER, Passphrase::from("wrong"));
    assert_eq!(code(home.use_backup_server(&wrong)), "access_refused");
    let deep = BackupServer::new(
        &format!("{}/not/there", server.url),
        WebDavServer::USER,
        Passphrase::from(WebDavServer::PASSWORD),
    );
    assert_eq!(code(home.use_backup_server(&deep)), "server_status");
    for (url, refused) in [
        ("not an address", "bad_url"),
        ("ftp://dav.example/", "unsupported_scheme"),
        ("http://dav.example/", "insecure_server"),
        ("https://somebody:pw@dav.example/", "bad_url"),
        ("https://127.0.0.1:9/", "private_address"),
    ] {
        assert_eq!(code(home.use_backup_server(&login(url))), refused, "{url}");
    }
    assert_eq!(home.backup_plan().unwrap(), None);

    // Nobody asked for this address: no password goes there, encrypted or not.
    let strict = device(&[]);
    let other = strict.persona();
    assert_eq!(code(other.use_backup_server(&login(&server.url))), "insecure_server");

    let feeds = tempfile::tempdir().unwrap();
    let pages = FeedServer::start(feeds.path(), 0).unwrap();
    let web = device(&[&pages.url]);
    let home = web.persona();
    assert_eq!(code(home.use_backup_server(&login(&pages.url))), "not_webdav");
    let hostile = |route: &str| BackupServer::new(&format!("{}/hostile/{route}", pages.url), "", Passphrase::from(""));
    for route in ["endless", "huge", "redirect-loop"] {
        let refused = code(home.use_backup_server(&hostile(route)));
        assert!(
            [
                "not_webdav",
                "response_too_large",
                "too_many_redirects",
                "bad_redirect",
                "server_status"
            ]
            .contains(&refused),
            "{route}: {refused}"
        );
    }
}

#[test]
fn a_damaged_vault_is_named_by_its_pages_and_saved() {
    let device = device(&[]);
    let home = device.persona();
    device.hear(&home, 400);
    assert_eq!(home.check(&mut go_on).unwrap(), []);
    let id = home.id().to_owned();
    home.lock().unwrap();

    let file = device.folder.path().join("data/vaults").join(&id).join("vault.db");
    let mut bytes = fs::read(&file).unwrap();
    let pages = bytes.len() / 8192;
    for page in pages / 2..pages {
        bytes[page * 8192 + 100] ^= 1;
    }
    fs::write(&file, bytes).unwrap();
    let passphrase = passphrase();
    let faults = match device.agent.unlock_with_passphrase(&id, &passphrase) {
        Ok(home) => {
            let faults = home.check(&mut go_on).unwrap();
            home.lock().unwrap();
            faults
        }
        Err(_) => device
            .agent
            .check_damaged(&id, RescueBy::Passphrase(&passphrase), &mut go_on)
            .unwrap(),
    };
    let number = |pages: usize| u32::try_from(pages).unwrap();
    let damaged = (number(pages / 2 + 1), number(pages));
    assert_eq!((faults[0].kind, &faults[0].pages), ("pages", &vec![damaged]));
    let by_pages = device
        .agent
        .check_damaged(&id, RescueBy::Passphrase(&passphrase), &mut go_on);
    assert_eq!(by_pages.unwrap(), faults);

    // The first page is what nothing opens without.
    let mut bytes = fs::read(&file).unwrap();
    bytes[100] ^= 1;
    fs::write(&file, bytes).unwrap();
    assert_eq!(code(device.agent.unlock_with_passphrase(&id, &passphrase)), "damaged");
    let faults = device
        .agent
        .check_damaged(&id, RescueBy::Passphrase(&passphrase), &mut go_on)
        .unwrap();
    assert_eq!(faults[0].pages, [(1, 1), damaged]);
    let mut bytes = fs::read(&file).unwrap();
    bytes[100] ^= 1;
    fs::write(&file, bytes).unwrap();

    let by = RescueBy::Passphrase(&passphrase);
    assert_eq!(
        code(device.agent.rescue(&id, by, "Home", &passphrase, &mut go_on)),
        "vault_exists"
    );
    let by = RescueBy::Passphrase(&passphrase);
    let (saved, report) = device.agent.rescue(&id, by, "Saved", &passphrase, &mut go_on).unwrap();
    assert!(!report.is_complete() && report.same_keys, "{report:?}");
    assert!(
        saved
            .check(&mut go_on)
            .unwrap()
            .iter()
            .all(|fault| fault.kind == "dangling")
    );
    assert_eq!(device.agent.personas().unwrap().len(), 2);
}
