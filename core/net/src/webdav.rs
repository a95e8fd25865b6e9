//! A folder on a WebDAV server (RFC 4918): listing it, and reading, writing, renaming and removing whole files in it, as streams.
//!
//! What a server says is a stranger's word: it is bounded, a name leads nowhere but into the folder, and whoever keeps something
//! there proves it after reading. Name and password go out over https alone, unless the person asked for exactly this host and
//! port, or said that the server is in their own network and it is; and never to another origin.

mod multistatus;

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use base64::Engine;
use url::Url;

use crate::error::FetchError;
use crate::home::{Place, reach_of};
use crate::http::{Http, Method, Request, Response};
use crate::policy::{NetPolicy, origin};
use crate::tls::Outside;
use crate::web::WebContext;

/// Most bytes of a folder's listing.
const LISTING_LIMIT_BYTES: u64 = 8 * 1024 * 1024;
/// A transfer in which nothing moves for this long has failed.
const STALL: Duration = Duration::from_secs(60);
/// A server may take this long to put away what it has got whole.
const PUT_AWAY: Duration = Duration::from_secs(300);
/// How often a transfer tells how far it is.
const TELL_EVERY: Duration = Duration::from_millis(200);
/// Bytes read from a file at once.
const PIECE_BYTES: usize = 256 * 1024;
/// Times that a download goes on after its connection broke.
const RESUMPTIONS: u32 = 3;
/// What is asked of files.
const PROPFIND: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?><propfind xmlns=\"DAV:\"><prop><resourcetype/>\
                        <getcontentlength/><getlastmodified/><getetag/></prop></propfind>";

/// Why a server did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DavError {
    /// The address is http, and the person did not ask for exactly this host and port, or the server is not in their own network
    /// as they said: a password would go out in the clear.
    #[error("{origin} would get the password unencrypted")]
    Insecure {
        /// Scheme and host.
        origin: String,
    },
    /// The server did not take name and password, or lets them not do this (401, 403).
    #[error("{origin} refused access")]
    AccessRefused {
        /// Scheme and host.
        origin: String,
    },
    /// The server does not speak WebDAV at this address.
    #[error("{origin} has no WebDAV folder at this address")]
    NotWebDav {
        /// Scheme and host.
        origin: String,
    },
    /// The server has no room left, or takes no file so large (507, 413).
    #[error("{origin} has no room for it")]
    NoRoom {
        /// Scheme and host.
        origin: String,
    },
    /// There is no file of this name.
    #[error("{origin} has no such file")]
    NoSuchFile {
        /// Scheme and host.
        origin: String,
    },
    /// The file became another one while it was read or written.
    #[error("{origin} has another file there meanwhile")]
    ChangedMeanwhile {
        /// Scheme and host.
        origin: String,
    },
    /// Any other status.
    #[error("{origin} answered with status {status}")]
    Status {
        /// Scheme and host.
        origin: String,
        /// The HTTP status.
        status: u16,
    },
    /// The caller stopped it.
    #[error("the transfer was stopped")]
    Cancelled,
    /// The file here, not there.
    #[error("the file on this device could not be read or written")]
    Io(#[source] io::Error),
    /// HTTP.
    #[error(transparent)]
    Fetch(FetchError),
}

impl From<FetchError> for DavError {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::NotNearby { origin } => Self::Insecure { origin },
            error => Self::Fetch(error),
        }
    }
}

impl DavError {
    /// A stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Insecure { .. } => "insecure_server",
            Self::AccessRefused { .. } => "access_refused",
            Self::NotWebDav { .. } => "not_webdav",
            Self::NoRoom { .. } => "no_room",
            Self::NoSuchFile { .. } => "no_such_server_file",
            Self::ChangedMeanwhile { .. } => "changed_meanwhile",
            Self::Status { .. } => "server_status",
            Self::Cancelled => "cancelled",
            Self::Io(_) => "io",
            Self::Fetch(error) => error.code(),
        }
    }
}

/// A file in the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DavFile {
    /// Its plain name.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// When it changed last, by the server's clock.
    pub changed_ms: Option<i64>,
    /// What the server calls this state of it.
    pub etag: Option<String>,
}

/// Is told how many bytes of how many went over; `Break` stops the transfer.
pub type Transferred<'a> = dyn FnMut(u64, u64) -> ControlFlow<()> + 'a;

/// A folder on a server.
pub struct WebDav {
    web: WebContext,
    folder: Url,
    authorization: Option<String>,
}

/// Without the path, the name and the password.
impl fmt::Debug for WebDav {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebDav")
            .field("origin", &self.origin())
            .finish_non_exhaustive()
    }
}

impl WebDav {
    /// The folder at `url`, with name and password, through a context of its own. Nothing is sent yet. Fails with `bad_url`,
    /// `unsupported_scheme` and `insecure_server`.
    pub fn new(policy: NetPolicy, url: &str, user: &str, password: &str) -> Result<Self, DavError> {
        Self::with(policy, url, user, password, Place::Anywhere, &Outside::default())
    }

    /// [`WebDav::new`] for a server that the person says is in their own network: this folder's host and port may be private, for
    /// this folder's requests alone. Without encryption they must be: a name that leads anywhere else fails with
    /// `insecure_server`, before anything is sent.
    pub fn in_home_network(policy: NetPolicy, url: &str, user: &str, password: &str) -> Result<Self, DavError> {
        Self::with(policy, url, user, password, Place::HomeNetwork, &Outside::default())
    }

    pub(crate) fn with(
        policy: NetPolicy,
        url: &str,
        user: &str,
        password: &str,
        place: Place,
        outside: &Outside,
    ) -> Result<Self, DavError> {
        let mut folder = Url::parse(url).map_err(|_| FetchError::BadUrl)?;
        folder.set_fragment(None);
        folder.set_query(None);
        let has_user = !folder.username().is_empty() || folder.password().is_some();
        // What stands before a colon would be the whole name for the server (RFC 7617, section 2).
        if has_user || folder.host_str().is_none() || user.contains(':') {
            return Err(FetchError::BadUrl.into());
        }
        if !matches!(folder.scheme(), "http" | "https") {
            return Err(FetchError::UnsupportedScheme {
                origin: origin(&folder),
            }
            .into());
        }
        let (policy, reach) = reach_of(policy, &folder, place)?;
        if !folder.path().ends_with('/') {
            let path = format!("{}/", folder.path());
            folder.set_path(&path);
        }
        let credentials = || base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
        let authorization = (!user.is_empty()).then(|| format!("Basic {}", credentials()));
        Ok(Self {
            web: WebContext::reaching(policy, outside, reach)?,
            folder,
            authorization,
        })
    }

    /// The folder's address.
    #[must_use]
    pub fn address_of_folder(&self) -> &Url {
        &self.folder
    }

    /// Makes sure that the folder is there: it is made when it is not, in a folder that is. Follows a redirect within the server.
    pub async fn enter(&mut self) -> Result<(), DavError> {
        let response = self.propfind("0").await?;
        if response.status == 404 {
            let made = self.web.fetch(self.request(Method::Mkcol, &self.folder)).await?;
            // 405: somebody made it meanwhile.
            return match made.status {
                201 | 405 => Ok(()),
                _ => Err(self.refused(made.status)),
            };
        }
        self.files_of(&response)?;
        if response.final_url.origin() == self.folder.origin() && response.final_url.path().ends_with('/') {
            self.folder = response.final_url;
        }
        Ok(())
    }

    /// The files in the folder, without the folders in it.
    pub async fn list(&self) -> Result<Vec<DavFile>, DavError> {
        let response = self.propfind("1").await?;
        self.files_of(&response)
    }

    /// One file as the server sees it.
    pub async fn file(&self, name: &str) -> Result<DavFile, DavError> {
        let found = self.list().await?.into_iter().find(|file| file.name == name);
        found.ok_or_else(|| DavError::NoSuchFile { origin: self.origin() })
    }

    /// Writes the file's content into `out`, going on where it was (RFC 9110, section 14) when the connection breaks.
    pub async fn download(
        &self,
        file: &DavFile,
        out: &mut (dyn Write + Send),
        told: &mut Transferred<'_>,
    ) -> Result<(), DavError> {
        let mut done = 0;
        let mut resumptions = 0;
        loop {
            let before = done;
            match self.download_from(file, &mut done, out, told).await {
                Err(DavError::Fetch(FetchError::ConnectionLost { .. } | FetchError::TimedOut { .. }))
                    if done > before && resumptions < RESUMPTIONS =>
                {
                    resumptions += 1;
                }
                outcome => return outcome,
            }
        }
    }

    async fn download_from(
        &self,
        file: &DavFile,
        done: &mut u64,
        out: &mut (dyn Write + Send),
        told: &mut Transferred<'_>,
    ) -> Result<(), DavError> {
        let changed = || DavError::ChangedMeanwhile { origin: self.origin() };
        let timed_out = || FetchError::TimedOut { origin: self.origin() };
        let mut request = self.request(Method::Get, &self.address(&file.name)?);
        if *done > 0 {
            request = request.header("range", &format!("bytes={done}-"));
        }
        let (mut response, request) = tokio::time::timeout(STALL, self.web.answer(request))
            .await
            .map_err(|_| timed_out())??;
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
        // A state of another name is another file; a weak name says nothing about bytes. Some servers leave the quotes out when
        // they list.
        let strong = |etag: &str| (!etag.starts_with("W/")).then(|| etag.trim_matches('"').to_owned());
        let now = header("etag").and_then(strong);
        if now.is_some()
            && file
                .etag
                .as_deref()
                .and_then(strong)
                .is_some_and(|then| Some(then) != now)
        {
            return Err(changed());
        }
        match response.status().as_u16() {
            200 if *done == 0 => {}
            206 if *done > 0
                && header("content-range").is_some_and(|range| range.starts_with(&format!("bytes {done}-"))) => {}
            200 | 206 => return Err(changed()),
            404 => return Err(DavError::NoSuchFile { origin: self.origin() }),
            status => return Err(self.refused(status)),
        }
        loop {
            let chunk = tokio::time::timeout(STALL, response.chunk())
                .await
                .map_err(|_| timed_out())?;
            let Some(chunk) = chunk.map_err(|error| crate::web::named(&error, &request))? else {
                break;
            };
            *done = done.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
            if *done > file.bytes {
                return Err(changed());
            }
            out.write_all(&chunk).map_err(DavError::Io)?;
            if told(*done, file.bytes).is_break() {
                return Err(DavError::Cancelled);
            }
        }
        if *done == file.bytes { Ok(()) } else { Err(changed()) }
    }

    /// Makes the file `name` of the whole of `file`, or replaces it. A server may keep a part of it when this fails, so `name` is
    /// one that nothing depends on.
    pub async fn upload(&self, name: &str, mut file: File, told: &mut Transferred<'_>) -> Result<(), DavError> {
        let bytes = file.seek(SeekFrom::End(0)).map_err(DavError::Io)?;
        file.seek(SeekFrom::Start(0)).map_err(DavError::Io)?;
        let sent = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&sent);
        let pieces = futures::stream::try_unfold((file, 0_u64), move |(mut file, before)| {
            // What was handed over before this piece was asked for is on its way.
            counted.store(before, Ordering::Relaxed);
            async move {
                let mut piece = vec![0; PIECE_BYTES];
                let read = file.read(&mut piece)?;
                piece.truncate(read);
                let after = before.saturating_add(u64::try_from(read).unwrap_or(0));
                Ok::<_, io::Error>((read > 0).then_some((piece, (file, after))))
            }
        });
        let request = self.request(Method::Put, &self.address(name)?);
        let sending = self.web.upload(&request, reqwest::Body::wrap_stream(pieces), bytes);
        tokio::pin!(sending);
        let mut ticks = tokio::time::interval(TELL_EVERY);
        let mut moved = (0, Instant::now());
        loop {
            tokio::select! {
                answer = &mut sending => return match answer? {
                    200 | 201 | 204 => Ok(()),
                    status => Err(self.refused(status)),
                },
                _ = ticks.tick() => {
                    let now = sent.load(Ordering::Relaxed);
                    if told(now, bytes).is_break() {
                        return Err(DavError::Cancelled);
                    }
                    if now != moved.0 {
                        moved = (now, Instant::now());
                    }
                    let patience = if now >= bytes { PUT_AWAY } else { STALL };
                    if moved.1.elapsed() > patience {
                        return Err(FetchError::TimedOut { origin: self.origin() }.into());
                    }
                }
            }
        }
    }

    /// Gives a file another name, in the place of the one that has it (RFC 4918, section 9.9).
    pub async fn rename(&self, from: &str, to: &str) -> Result<(), DavError> {
        let request = self
            .request(Method::Move, &self.address(from)?)
            .header("destination", self.address(to)?.as_str())
            .header("overwrite", "T");
        match self.web.fetch(request).await?.status {
            200 | 201 | 204 => Ok(()),
            404 => Err(DavError::NoSuchFile { origin: self.origin() }),
            status => Err(self.refused(status)),
        }
    }

    /// Removes a file. One that is not there is no error.
    pub async fn remove(&self, name: &str) -> Result<(), DavError> {
        let request = self.request(Method::Delete, &self.address(name)?);
        match self.web.fetch(request).await?.status {
            200 | 202 | 204 | 404 | 410 => Ok(()),
            status => Err(self.refused(status)),
        }
    }

    async fn propfind(&self, depth: &str) -> Result<Response, DavError> {
        let mut request = self
            .request(Method::Propfind, &self.folder)
            .header("depth", depth)
            .header("content-type", "application/xml; charset=utf-8")
            .max_bytes(LISTING_LIMIT_BYTES);
        request.body = Some(PROPFIND.as_bytes().to_vec());
        // Within the server only: a request with a body goes to no other origin.
        request.limits.max_redirects = 3;
        Ok(self.web.fetch(request).await?)
    }

    fn files_of(&self, response: &Response) -> Result<Vec<DavFile>, DavError> {
        match response.status {
            207 => multistatus::files(&response.body, &response.final_url)
                .ok_or_else(|| DavError::NotWebDav { origin: self.origin() }),
            // What answers without WebDAV: a web page, or a refusal of the method.
            200 | 400 | 404 | 405 | 501 => Err(DavError::NotWebDav { origin: self.origin() }),
            status => Err(self.refused(status)),
        }
    }

    fn request(&self, method: Method, url: &Url) -> Request {
        let mut request = Request {
            method,
            url: url.clone(),
            headers: Vec::new(),
            body: None,
            limits: crate::http::Limits {
                max_redirects: 0,
                ..crate::http::Limits::default()
            },
        };
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        request
    }

    /// Nothing but a plain name leads to a file, so none leads out of the folder.
    fn address(&self, name: &str) -> Result<Url, DavError> {
        let mut url = self.folder.clone();
        let plain = !name.is_empty() && !name.contains(['/', '\\', '\0']) && name != "." && name != "..";
        match url.path_segments_mut() {
            Ok(mut segments) if plain => {
                segments.pop_if_empty().push(name);
            }
            _ => return Err(FetchError::BadUrl.into()),
        }
        Ok(url)
    }

    fn refused(&self, status: u16) -> DavError {
        let origin = self.origin();
        match status {
            401 | 403 => DavError::AccessRefused { origin },
            413 | 507 => DavError::NoRoom { origin },
            status => DavError::Status { origin, status },
        }
    }

    fn origin(&self) -> String {
        origin(&self.folder)
    }
}
