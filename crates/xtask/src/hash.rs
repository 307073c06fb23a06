//! Hashes that stand in names of files.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

/// A hash over names and contents.
pub fn hash_of(files: &BTreeMap<String, Vec<u8>>) -> String {
    let mut hash = Sha256::new();
    for (name, content) in files {
        hash.update(name.as_bytes());
        hash.update([0]);
        hash.update((content.len() as u64).to_le_bytes());
        hash.update(content);
    }
    hex(&hash.finalize())
}

/// The 16 digits that stand in a file's name.
pub fn short_hash(content: &[u8]) -> String {
    hex(&Sha256::digest(content))[..16].to_owned()
}

/// Bytes as digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_tells_where_a_name_ends() {
        let hash = |name: &str, content: &str| {
            hash_of(&BTreeMap::from([(name.to_owned(), content.as_bytes().to_vec())]))
        };
        assert_ne!(hash("ab", "c"), hash("a", "bc"));
        assert_eq!(short_hash(b""), "e3b0c44298fc1c14");
    }
}
