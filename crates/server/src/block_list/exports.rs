//! The list as a file.

use api_types::{CsvEncoding, FieldCode, FieldFault};
use store::block_list::block_entry;
use store::numbers::number;
use store::{Conn, Scope};

use super::{is_expired, pattern_of};
use crate::error::Failure;
use crate::platform::change::Ctx;
use crate::platform::csv::{Encoding, NewRow, Writer, sample};

/// The encoding that a client means.
pub fn encoding_of(encoding: CsvEncoding) -> Encoding {
    match encoding {
        CsvEncoding::Utf8 => Encoding::Utf8Bom,
        CsvEncoding::ShiftJis => Encoding::ShiftJis,
    }
}

/// The whole list, the oldest entry first: importing the file gives the same list. What has expired
/// refuses nobody and is left out: an import could not tell it from a slip.
///
/// # Errors
/// `not_found`; a note with a character that the encoding lacks.
pub fn export(
    conn: &mut Conn,
    scope: &Scope,
    ctx: &Ctx,
    number_id: &str,
    encoding: CsvEncoding,
) -> Result<Vec<u8>, Failure> {
    number::find(conn, scope, number_id)?.ok_or(Failure::NOT_FOUND)?;
    let mut writer = Writer::new(encoding_of(encoding));
    block_entry::each(conn, scope, number_id, |_, rows| {
        for row in rows.into_iter().filter(|row| !is_expired(row, ctx.at())) {
            let new = NewRow {
                pattern: pattern_of(&row)?,
                note: row.note.clone(),
                expires_at: row.expires_at.map(|at| at.and_utc()),
            };
            writer.push(&new).map_err(|lost| {
                let fault = FieldFault::new("?encoding", FieldCode::NotRepresentable)
                    .value(lost.character.to_string());
                Failure::Fields(vec![fault])
            })?;
        }
        Ok::<(), Failure>(())
    })?;
    Ok(writer.finish())
}

/// A file that shows what can be imported.
pub fn sample_file(encoding: CsvEncoding) -> Vec<u8> {
    sample(encoding_of(encoding))
}
