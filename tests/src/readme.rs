//! The README's shell sessions, taken from it and run as they stand there.

/// The shell blocks that follow an HTML comment `<!-- test: NAME -->`, joined in their order.
/// `None` where the text has no such block.
pub fn session(markdown: &str, name: &str) -> Option<String> {
    let mark = format!("<!-- test: {name} -->");
    let mut script = None;
    let mut lines = markdown.lines();
    while let Some(line) = lines.next() {
        if line.trim() != mark {
            continue;
        }
        let fence = lines.by_ref().find(|line| !line.trim().is_empty());
        assert!(fence.is_some_and(|line| line.starts_with("```")), "no code block after {mark}");
        let block = script.get_or_insert_with(String::new);
        for line in lines.by_ref().take_while(|line| !line.starts_with("```")) {
            *block += line;
            *block += "\n";
        }
    }
    script
}

/// The script with its line `NAME=…` set to another value.
#[track_caller]
pub fn set(script: &str, name: &str, value: &str) -> String {
    let start = format!("{name}=");
    assert!(script.lines().any(|line| line.starts_with(&start)), "no line {start}… in\n{script}");
    let line = |line: &str| {
        if line.starts_with(&start) { format!("{start}'{value}'\n") } else { format!("{line}\n") }
    };
    script.lines().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_marked_blocks_and_sets_variables() {
        let markdown = "\
text\n```sh\nnot this\n```\n<!-- test: session -->\n\n```sh\nURL=x\ncurl $URL\n```\n
<!-- test: session -->\n```sh\nsecond\n```\n";
        let script = session(markdown, "session").unwrap();
        assert_eq!(script, "URL=x\ncurl $URL\nsecond\n");
        assert_eq!(set(&script, "URL", "y"), "URL='y'\ncurl $URL\nsecond\n");
        assert_eq!(session(markdown, "other"), None);
    }
}
