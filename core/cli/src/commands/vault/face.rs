//! How the persona looks.

use serde_json::json;
use tekram_agent::ShownWhileLocked;

use super::Context;
use crate::args::{FaceArgs, Shown};
use crate::commands::readable;
use crate::output::{Answer, Failure, table};

/// Shows, or changes, colour and picture, and what is seen while the persona is locked.
pub fn run(context: &Context, change: &FaceArgs) -> Result<Answer, Failure> {
    let picture = match &change.picture {
        Some(file) => {
            readable(file)?;
            let bytes = std::fs::read(file)
                .map_err(|error| Failure::new("io", format!("the file cannot be read: {}", error.kind())))?;
            Some(bytes)
        }
        None => None,
    };
    let persona = context.unlock()?;
    if change.no_colour || change.colour.is_some() {
        persona.set_colour(change.colour)?;
    }
    if change.no_picture || picture.is_some() {
        persona.set_avatar(picture)?;
    }
    if !change.show.is_empty() {
        let shown = |part| change.show.contains(&part);
        persona.show_while_locked(ShownWhileLocked {
            label: shown(Shown::Name),
            colour: shown(Shown::Colour),
            avatar: shown(Shown::Picture),
        })?;
    }
    let face = persona.face()?;
    let shown = persona.shown_while_locked();
    persona.lock()?;
    let colour = face
        .colour
        .map(|[red, green, blue]| format!("{red:02x}{green:02x}{blue:02x}"));
    let picture_bytes = face.avatar.as_ref().map(Vec::len);
    let seen = |shown: bool| if shown { "seen while locked" } else { "" }.to_owned();
    let rows = [
        vec!["name".to_owned(), face.label.clone(), seen(shown.label)],
        vec![
            "colour".to_owned(),
            colour.clone().unwrap_or_else(|| "none".to_owned()),
            seen(shown.colour),
        ],
        vec![
            "picture".to_owned(),
            picture_bytes.map_or_else(|| "none".to_owned(), |bytes| format!("{bytes} bytes")),
            seen(shown.avatar),
        ],
    ];
    Ok(Answer::new(
        json!({
            "persona": face.label, "colour": colour, "picture_bytes": picture_bytes,
            "shows": {"name": shown.label, "colour": shown.colour, "picture": shown.avatar},
        }),
        table(&rows),
    ))
}
