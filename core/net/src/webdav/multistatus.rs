//! What a WebDAV server says of a folder's files (RFC 4918, sections 13 and 14), read as what a stranger wrote: bounded, without
//! entities of its own, and with only those properties that the server gives with status 200.

use quick_xml::NsReader;
use quick_xml::events::Event;
use quick_xml::name::{Namespace, ResolveResult};
use url::Url;

use super::DavFile;

/// Elements inside elements; an answer has about six.
const DEPTH_LIMIT: usize = 32;
/// Files in one folder that are looked at.
const FILES_LIMIT: usize = 10_000;

/// One `response` while it is read.
#[derive(Default)]
struct Response {
    href: String,
    is_folder: bool,
    bytes: Option<u64>,
    changed_ms: Option<i64>,
    etag: Option<String>,
}

/// One `propstat`, which counts only when its status does.
#[derive(Default)]
struct Propstat {
    is_folder: bool,
    length: String,
    modified: String,
    etag: String,
    status: String,
}

/// The files of a folder, by their plain names. `None` when this is not a multistatus.
pub(super) fn files(xml: &[u8], folder: &Url) -> Option<Vec<DavFile>> {
    let mut files = Vec::new();
    for response in responses(xml)? {
        if response.is_folder || files.len() >= FILES_LIMIT {
            continue;
        }
        if let Some(name) = name_in(folder, &response.href) {
            files.push(DavFile {
                name,
                bytes: response.bytes.unwrap_or(0),
                changed_ms: response.changed_ms,
                etag: response.etag,
            });
        }
    }
    Some(files)
}

/// The plain name of a file directly in `folder`; whatever lies elsewhere is not ours.
fn name_in(folder: &Url, href: &str) -> Option<String> {
    let url = folder.join(href).ok()?;
    if url.origin() != folder.origin() {
        return None;
    }
    let decoded = |path: &str| {
        percent_encoding::percent_decode_str(path)
            .decode_utf8()
            .ok()
            .map(String::from)
    };
    let (folder, path) = (decoded(folder.path())?, decoded(url.path())?);
    let name = path.strip_prefix(&folder)?;
    let plain = !name.is_empty() && !name.contains(['/', '\\', '\0']) && name != "." && name != "..";
    plain.then(|| name.to_owned())
}

fn responses(xml: &[u8]) -> Option<Vec<Response>> {
    let mut reader = NsReader::from_reader(xml);
    let mut path: Vec<String> = Vec::new();
    let mut responses = Vec::new();
    let mut response = Response::default();
    let mut propstat = Propstat::default();
    let mut is_multistatus = false;
    loop {
        let (namespace, event) = reader.read_resolved_event().ok()?;
        let is_dav = namespace == ResolveResult::Bound(Namespace(b"DAV:"));
        match event {
            Event::Start(start) => {
                // Elements of others are kept in the path under a name that nothing asks for.
                let name = if is_dav {
                    local(start.local_name().as_ref())
                } else {
                    "?".to_owned()
                };
                match name.as_str() {
                    "multistatus" if path.is_empty() => is_multistatus = true,
                    "response" => response = Response::default(),
                    "propstat" => propstat = Propstat::default(),
                    "collection" => propstat.is_folder = true,
                    _ => {}
                }
                path.push(name);
                if path.len() > DEPTH_LIMIT {
                    return None;
                }
            }
            Event::Empty(empty) if is_dav && empty.local_name().as_ref() == b"collection" => propstat.is_folder = true,
            Event::Text(text) => {
                let text = text.decode().ok()?;
                take(&path, &text, &mut response, &mut propstat);
            }
            Event::CData(data) => {
                let text = data.decode().ok()?;
                take(&path, &text, &mut response, &mut propstat);
            }
            Event::GeneralRef(reference) => {
                let text = match reference.resolve_char_ref().ok()? {
                    Some(character) => character.to_string(),
                    None => quick_xml::escape::resolve_predefined_entity(&reference.decode().ok()?)?.to_owned(),
                };
                take(&path, &text, &mut response, &mut propstat);
            }
            Event::End(_) => match path.pop()?.as_str() {
                "propstat" => response.keep(&std::mem::take(&mut propstat)),
                "response" => responses.push(std::mem::take(&mut response)),
                _ => {}
            },
            Event::DocType(_) => return None,
            Event::Eof => return (is_multistatus && path.is_empty()).then_some(responses),
            _ => {}
        }
    }
}

fn local(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

/// A piece of text in the element that `path` ends with.
fn take(path: &[String], text: &str, response: &mut Response, propstat: &mut Propstat) {
    let names: Vec<&str> = path.iter().map(String::as_str).collect();
    match names.as_slice() {
        ["multistatus", "response", "href"] => response.href.push_str(text.trim()),
        ["multistatus", "response", "propstat", "status"] => propstat.status.push_str(text),
        ["multistatus", "response", "propstat", "prop", "getcontentlength"] => propstat.length.push_str(text),
        ["multistatus", "response", "propstat", "prop", "getlastmodified"] => propstat.modified.push_str(text),
        ["multistatus", "response", "propstat", "prop", "getetag"] => propstat.etag.push_str(text),
        _ => {}
    }
}

impl Response {
    fn keep(&mut self, propstat: &Propstat) {
        if propstat.status.split_whitespace().nth(1) != Some("200") {
            return;
        }
        self.is_folder |= propstat.is_folder;
        self.bytes = propstat.length.trim().parse().ok().or(self.bytes);
        self.changed_ms = crate::web::date_ms(propstat.modified.trim()).or(self.changed_ms);
        if !propstat.etag.trim().is_empty() {
            self.etag = Some(propstat.etag.trim().to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        missing_docs
    )]
    use super::*;

    fn folder() -> Url {
        Url::parse("https://dav.example/remote/My%20backups/").unwrap()
    }

    #[test]
    fn files_are_named_and_measured_and_folders_left_out() {
        let xml = br#"<?xml version="1.0"?>
        <d:multistatus xmlns:d="DAV:" xmlns:o="http://other.example/">
          <d:response><d:href>/remote/My%20backups/</d:href>
            <d:propstat><d:prop><d:resourcetype><d:collection/></d:resourcetype></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>
          <d:response><d:href>/remote/My%20backups/a%26b.tekram-backup</d:href>
            <d:propstat><d:prop><d:getcontentlength>131434</d:getcontentlength><o:getcontentlength>9</o:getcontentlength>
              <d:getlastmodified>Mon, 23 Nov 2026 15:00:00 GMT</d:getlastmodified><d:getetag>"1a&amp;2"</d:getetag><d:resourcetype/></d:prop>
              <d:status>HTTP/1.1 200 OK</d:status></d:propstat>
            <d:propstat><d:prop><d:getcontentlength>7</d:getcontentlength></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat></d:response>
          <d:response><d:href>https://dav.example/remote/My backups/sub/deeper</d:href></d:response>
          <d:response><d:href>https://elsewhere.example/remote/My%20backups/x</d:href></d:response>
          <d:response><d:href>/remote/My%20backups/..%2F..%2Fetc</d:href></d:response>
        </d:multistatus>"#;
        let files = files(xml, &folder()).unwrap();
        assert_eq!(
            files,
            [DavFile {
                name: "a&b.tekram-backup".to_owned(),
                bytes: 131_434,
                changed_ms: Some(1_795_446_000_000),
                etag: Some("\"1a&2\"".to_owned()),
            }]
        );
    }

    #[test]
    fn what_is_no_multistatus_or_brings_entities_is_refused() {
        for xml in [
            "",
            "<html><body>Sign in</body></html>",
            "<d:multistatus xmlns:d=\"DAV:\"><d:response>",
            "<multistatus></multistatus>",
            "<!DOCTYPE m [<!ENTITY a \"b\">]><m:multistatus xmlns:m=\"DAV:\"></m:multistatus>",
            "<m:multistatus xmlns:m=\"DAV:\"><m:response><m:href>&unknown;</m:href></m:response></m:multistatus>",
        ] {
            assert_eq!(files(xml.as_bytes(), &folder()), None, "{xml}");
        }
        let deep = format!("<m:multistatus xmlns:m=\"DAV:\">{}", "<m:prop>".repeat(100));
        assert_eq!(files(deep.as_bytes(), &folder()), None);
        let none = files(b"<multistatus xmlns=\"DAV:\"></multistatus>", &folder());
        assert_eq!(none, Some(Vec::new()));
    }
}
