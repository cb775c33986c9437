//! From names as people write them to identifiers, the same on every run.
//!
//! Names vary in case, punctuation and abbreviation ("H.E. Suits", "HE SUITS"; "Non-Lethal Wpns",
//! "Non-Lethal Weapons"). Spellings that differ in nothing else are one thing; the import notes it
//! when that happens, so that nothing merges in silence.

use domain::limits::IDENTIFIER_BYTES_MAX;

/// Words that the market data abbreviates, and what they are short for.
const ABBREVIATIONS: [(&str, &str); 4] =
    [("dom", "domestic"), ("enrich", "enrichment"), ("sys", "systems"), ("wpns", "weapons")];

/// Hexadecimal digits that keep apart what a slug alone cannot.
const TAG_DIGITS: usize = 8;

/// The identifier of a name: lower case, abbreviations spelled out, apostrophes and full stops
/// dropped, `+` spelled (in star catalogues it is not `-`), everything else between words a hyphen.
///
/// Letters that identifiers cannot hold, and names too long for one, are told apart by a tag of
/// the name's hash.
pub(crate) fn slug(name: &str) -> String {
    let lower = name.trim().to_lowercase();
    let mut lossy = false;
    let mut spaced = String::with_capacity(lower.len() + 8);
    for letter in lower.chars() {
        match letter {
            'a'..='z' | '0'..='9' => spaced.push(letter),
            '\'' | '\u{2019}' | '.' => {}
            '+' => spaced.push_str(" plus "),
            _ => {
                lossy |= letter.is_alphanumeric();
                spaced.push(' ');
            }
        }
    }
    let words: Vec<&str> = spaced.split_whitespace().map(spelled_out).collect();
    let slug = words.join("-");
    if slug.is_empty() {
        return format!("x-{}", tag(&lower));
    }
    if lossy || slug.len() > IDENTIFIER_BYTES_MAX {
        let kept = slug.len().min(IDENTIFIER_BYTES_MAX - TAG_DIGITS - 1);
        return format!("{}-{}", slug[..kept].trim_end_matches('-'), tag(&lower));
    }
    slug
}

/// Two slugs as one identifier, for what the first alone does not name.
pub(crate) fn qualified(slug: &str, qualifier: &str) -> String {
    let joined = format!("{slug}.{qualifier}");
    if joined.len() <= IDENTIFIER_BYTES_MAX {
        return joined;
    }
    let kept = IDENTIFIER_BYTES_MAX - TAG_DIGITS - 1;
    format!("{}-{}", &joined[..kept], tag(&joined))
}

fn spelled_out(word: &str) -> &str {
    let known = ABBREVIATIONS.iter().find(|(short, _)| *short == word);
    known.map_or(word, |(_, long)| long)
}

fn tag(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex()[..TAG_DIGITS].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_plain_identifiers() {
        for (name, expected) in [
            ("Szulkin Mines", "szulkin-mines"),
            ("SZULKIN  mines ", "szulkin-mines"),
            ("Moxon's Mojo", "moxons-mojo"),
            ("Moxon\u{2019}s Mojo", "moxons-mojo"),
            ("H.E. Suits", "he-suits"),
            ("Dom. Appliances", "domestic-appliances"),
            ("Non-Lethal Wpns", "non-lethal-weapons"),
            ("Terrain Enrich Sys", "terrain-enrichment-systems"),
            ("BD+47 2112", "bd-plus-47-2112"),
            ("BD-47 2112", "bd-47-2112"),
            ("NYON T'AO WUJIN", "nyon-tao-wujin"),
        ] {
            assert_eq!(slug(name), expected, "{name}");
        }
    }

    #[test]
    fn what_a_slug_cannot_hold_is_told_apart() {
        let long = "Very ".repeat(30);
        for (one, other) in
            [("\u{d6}st", "\u{c4}st"), ("???", "!!!"), (&format!("{long}A"), &format!("{long}B"))]
        {
            let (one, other) = (slug(one), slug(other));
            assert_ne!(one, other);
            assert!(domain::Identifier::new(&one).is_ok(), "{one}");
            assert!(domain::Identifier::new(&other).is_ok(), "{other}");
        }
        let qualified = qualified(&slug(&long), &slug(&long));
        assert!(domain::Identifier::new(&qualified).is_ok(), "{qualified}");
    }
}
