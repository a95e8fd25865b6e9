//! Where the records of a JSON document start when it is an object with an array inside, as answers of APIs are.

/// The deepest nesting looked into.
const DEEPEST: usize = 16;

/// The place after the `[` of the first array that stands under one of the paths of keys, in the first value of
/// `bytes`; `None` when there is none in them.
pub(crate) fn array_under(bytes: &[u8], paths: &[&[&[u8]]]) -> Option<usize> {
    // One entry for each open object: the key whose value is being read. `None` stands for an open array.
    let mut open: Vec<Option<&[u8]>> = Vec::new();
    let mut text_from = None;
    let mut escaped = false;
    let mut last_text: &[u8] = b"";
    for (at, &byte) in bytes.iter().enumerate() {
        if let Some(from) = text_from {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => {
                    last_text = bytes.get(from..at)?;
                    text_from = None;
                }
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => text_from = Some(at + 1),
            b':' => {
                if let Some(Some(key)) = open.last_mut() {
                    *key = last_text;
                }
            }
            b'{' => open.push(Some(b"")),
            b'[' => {
                let here = |path: &&&[&[u8]]| {
                    open.len() == path.len() && open.iter().zip(**path).all(|(key, want)| *key == Some(*want))
                };
                if paths.iter().any(|path| here(&path)) {
                    return Some(at + 1);
                }
                open.push(None);
            }
            b'}' | b']' => {
                open.pop();
                if open.is_empty() {
                    return None;
                }
            }
            _ => {}
        }
        if open.len() > DEEPEST {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::array_under;

    const PATHS: &[&[&[u8]]] = &[&[b"actions"], &[b"payload", b"listens"]];

    #[test]
    fn the_array_is_found_under_its_keys_only() {
        assert_eq!(array_under(br#"{"timestamp":1,"actions":[{}]}"#, PATHS), Some(26));
        assert_eq!(
            array_under(br#"{"payload":{"count":1,"x":[1],"listens":[{}]}}"#, PATHS),
            Some(41)
        );
        assert_eq!(
            array_under(br#"{"listens":[1],"payload":{"actions":[2]}}"#, PATHS),
            None
        );
        assert_eq!(array_under(br#"{"a":"actions"} {"actions":[]}"#, PATHS), None);
        assert_eq!(array_under(br#"[[1]]"#, PATHS), None);
        assert_eq!(array_under(br#"{"actions":"#, PATHS), None);
    }
}
