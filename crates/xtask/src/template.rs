//! The one kind of template that the bundle knows: `{{name}}` in a text.

use anyhow::{Result, bail};

/// Puts the values in. A name that nobody gave a value to is a mistake, said with the file's name.
pub fn fill(file: &str, text: &str, values: &[(&str, &str)]) -> Result<String> {
    let mut filled = String::with_capacity(text.len());
    let mut left = text;
    while let Some(start) = left.find("{{") {
        let (before, after) = left.split_at(start);
        filled.push_str(before);
        let name = after[2..].split("}}").next().unwrap_or_default();
        let is_name =
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        if !is_name || !after[2 + name.len()..].starts_with("}}") {
            filled.push('{');
            left = &after[1..];
            continue;
        }
        match values.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => filled.push_str(value),
            None => bail!("{file} asks for {{{{{name}}}}}, which the bundle does not know there"),
        }
        left = &after[2 + name.len() + 2..];
    }
    filled.push_str(left);
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn names_become_values_and_other_braces_stay() {
        let text = "<link href={{css}}> {{ css }} {{}} {{css}}{{ x}}{{{css}}}";
        assert_eq!(
            fill("x", text, &[("css", "/a.css")]).ok().as_deref(),
            Some("<link href=/a.css> {{ css }} {{}} /a.css{{ x}}{/a.css}")
        );
    }

    #[test]
    fn an_unknown_name_is_refused() {
        let error =
            fill("index.html", "{{csss}}", &[("css", "")]).expect_err("the name is unknown");
        assert_eq!(
            error.to_string(),
            "index.html asks for {{csss}}, which the bundle does not know there"
        );
    }
}
