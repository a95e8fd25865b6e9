//! Where a listening history lies, and how a person comes by it: for each service and player its page, how long it takes to
//! answer, and which files arrive. The steps themselves are words, by the provider's name and their number.

use serde::Serialize;

use super::Format;
use crate::listen::Kind;

/// How a history comes out of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProviderWay {
    /// It is asked for, and sent some time later.
    Requested,
    /// A page gives it at once.
    Downloaded,
    /// It lies in an app, on a player or on a server of one's own.
    Exported,
}

/// Somebody or something that has a listening history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Provider {
    /// Stable name.
    pub provider_id: &'static str,
    /// The formats that its files are in.
    pub formats: &'static [Format],
    /// What it knows of; nothing for a list of subscriptions.
    pub kinds: &'static [Kind],
    /// How it comes out.
    pub way: ProviderWay,
    /// The page where it is asked for; empty where there is none for everybody.
    pub page: &'static str,
    /// How long it usually takes until it is ready, in hours; 0 for at once.
    pub ready_hours: u32,
    /// Steps to take, from 1.
    pub steps: u32,
    /// What its file is called, more or less.
    pub file_name: &'static str,
    /// Whether it comes in several files.
    pub several_files: bool,
    /// Whether it is enough to know the person's name there.
    pub by_name: bool,
}

const fn exported(provider_id: &'static str, formats: &'static [Format], file_name: &'static str) -> Provider {
    Provider {
        provider_id,
        formats,
        kinds: &[Kind::Music],
        way: ProviderWay::Exported,
        page: "",
        ready_hours: 0,
        steps: 2,
        file_name,
        several_files: false,
        by_name: false,
    }
}

/// What people come from, most of them first.
static PROVIDERS: [Provider; 15] = [
    // Its page names up to 30 days; it is mostly there in less.
    Provider {
        kinds: &[Kind::Music, Kind::Podcast, Kind::Audiobook, Kind::Video],
        way: ProviderWay::Requested,
        page: "https://www.spotify.com/account/privacy/",
        ready_hours: 30 * 24,
        steps: 4,
        several_files: true,
        ..exported("spotify", &[Format::SpotifyExtended], "my_spotify_data.zip")
    },
    Provider {
        kinds: &[Kind::Music, Kind::Podcast],
        way: ProviderWay::Requested,
        page: "https://www.spotify.com/account/privacy/",
        ready_hours: 5 * 24,
        steps: 4,
        several_files: true,
        ..exported("spotify_short", &[Format::SpotifyShort], "my_spotify_data.zip")
    },
    Provider {
        kinds: &[Kind::Music, Kind::Video],
        way: ProviderWay::Requested,
        page: "https://takeout.google.com/settings/takeout/custom/youtube",
        ready_hours: 24,
        steps: 4,
        several_files: true,
        ..exported("youtube", &[Format::Youtube], "takeout-….zip")
    },
    Provider {
        way: ProviderWay::Requested,
        page: "https://privacy.apple.com/",
        ready_hours: 7 * 24,
        steps: 4,
        several_files: true,
        ..exported("apple_music", &[Format::AppleMusic], "Apple Music Play Activity.csv")
    },
    Provider {
        way: ProviderWay::Downloaded,
        page: "https://lastfm.ghan.nl/export/",
        steps: 3,
        ..exported("lastfm", &[Format::Lastfm], "recenttracks-….csv")
    },
    Provider {
        way: ProviderWay::Requested,
        page: "https://listenbrainz.org/settings/export/",
        ready_hours: 24,
        steps: 3,
        by_name: true,
        ..exported("listenbrainz", &[Format::Listenbrainz], "listenbrainz_….zip")
    },
    Provider {
        kinds: &[Kind::Podcast],
        ..exported("antenna_pod", &[Format::AntennaPod], "AntennaPodBackup-….db")
    },
    Provider {
        kinds: &[],
        ..exported("opml", &[Format::Opml], "….opml")
    },
    Provider {
        kinds: &[Kind::Podcast],
        page: "https://gpodder.net/",
        ..exported("gpodder", &[Format::GpodderActions], "….json")
    },
    exported("pano_scrobbler", &[Format::PanoScrobbler], "….jsonl"),
    exported("maloja", &[Format::Maloja], "maloja_export_….json"),
    exported("librefm", &[Format::Librefm], "….txt"),
    exported("scrobbler_log", &[Format::ScrobblerLog], ".scrobbler.log"),
    Provider {
        kinds: &Kind::ALL,
        ..exported("tekram", &[Format::Own], "….jsonl")
    },
    Provider {
        kinds: &Kind::ALL,
        ..exported("table", &[Format::Csv], "….csv")
    },
];

impl Provider {
    /// Every provider, those that most people come from first.
    #[must_use]
    pub fn all() -> &'static [Self] {
        &PROVIDERS
    }

    /// The provider of that name.
    #[must_use]
    pub fn from_id(provider_id: &str) -> Option<&'static Self> {
        PROVIDERS.iter().find(|provider| provider.provider_id == provider_id)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, missing_docs)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_format_of_a_file_comes_from_somewhere() {
        for format in Format::ALL {
            let from = PROVIDERS.iter().any(|provider| provider.formats.contains(&format));
            assert_eq!(from, format != Format::Capture, "{}", format.name());
        }
    }

    #[test]
    fn a_page_is_encrypted_and_who_makes_one_wait_has_one() {
        let mut names = HashSet::new();
        for provider in Provider::all() {
            assert!(
                names.insert(provider.provider_id),
                "{} is there twice",
                provider.provider_id
            );
            assert!(provider.page.is_empty() || provider.page.starts_with("https://"));
            let waits = provider.way == ProviderWay::Requested;
            assert_eq!(provider.ready_hours > 0, waits, "{}", provider.provider_id);
            assert!(!waits || !provider.page.is_empty(), "{}", provider.provider_id);
            assert!(provider.steps > 0);
            assert_eq!(Provider::from_id(provider.provider_id), Some(provider));
        }
        assert_eq!(Provider::from_id("nobody"), None);
    }
}
