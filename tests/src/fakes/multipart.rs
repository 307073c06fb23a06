//! Forms with files, as strictly as the real ones read them.

use super::Received;

/// A part of a form.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Name of the file; empty where it is none.
    pub file_name: String,
    /// Media type; empty where none is given.
    pub content_type: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// The parts of a form (RFC 7578); `None` where it does not end in exactly `--boundary--\r\n`, as
/// the real one insists.
pub fn parts(request: &Received) -> Option<Vec<Part>> {
    let boundary = request
        .header("content-type")?
        .strip_prefix("multipart/form-data; boundary=")?
        .trim_matches('"');
    let inside = request.body.strip_prefix(format!("--{boundary}\r\n").as_bytes())?;
    let inside = inside.strip_suffix(format!("\r\n--{boundary}--\r\n").as_bytes())?;
    let between = format!("\r\n--{boundary}\r\n");
    let mut parts = Vec::new();
    let mut rest = inside;
    loop {
        let end = find(rest, between.as_bytes());
        let one = &rest[..end.unwrap_or(rest.len())];
        let head_end = find(one, b"\r\n\r\n")?;
        let head = String::from_utf8(one[..head_end].to_vec()).ok()?;
        let value = |name: &str| {
            Some(head.split_once(&format!("; {name}=\""))?.1.split_once('"')?.0.to_owned())
        };
        let kind = head.lines().find_map(|line| line.strip_prefix("Content-Type: "));
        parts.push(Part {
            name: value("name")?,
            file_name: value("filename").unwrap_or_default(),
            content_type: kind.unwrap_or_default().to_owned(),
            bytes: one[head_end + 4..].to_vec(),
        });
        match end {
            Some(end) => rest = &rest[end + between.len()..],
            None => return Some(parts),
        }
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}
