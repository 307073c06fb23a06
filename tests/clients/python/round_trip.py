"""Uses the generated client as an integrator would; any surprise ends it with an error."""

import io
import os

from denwaban_client import AuthenticatedClient
from denwaban_client.api.block_list import (
    create_block_entry,
    create_block_import,
    export_block_list,
    get_block_entry,
    list_block_entries,
    update_block_entry,
)
from denwaban_client.api.call_events import get_call_event_attachment
from denwaban_client.api.numbers import list_numbers, update_number
from denwaban_client.models import (
    BlockEntry,
    BlockEntryCreate,
    BlockEntryPage,
    BlockEntryPatch,
    BlockImport,
    BlockImportState,
    BlockMatch,
    ErrorCode,
    Number,
    NumberPatch,
    PageNumber,
    Problem,
)
from denwaban_client.types import UNSET, File, Unset


def add(client: AuthenticatedClient, number: Number, caller: str, note: str) -> BlockEntry:
    made = create_block_entry.sync(
        number.id,
        client=client,
        body=BlockEntryCreate(caller=caller, note=note, match=BlockMatch.EXACT),
        idempotency_key=f"round-trip-{note}",
    )
    assert isinstance(made, BlockEntry), made
    return made


def page_through(client: AuthenticatedClient, number: Number) -> list[str]:
    notes: list[str] = []
    cursor: str | Unset = UNSET
    while True:
        page = list_block_entries.sync(number.id, client=client, limit=3, cursor=cursor)
        assert isinstance(page, BlockEntryPage), page
        notes.extend(entry.note for entry in page.items)
        if page.next_cursor is None:
            return notes
        cursor = page.next_cursor


def main() -> None:
    client = AuthenticatedClient(
        base_url=os.environ["DENWABAN_URL"], token=os.environ["DENWABAN_API_KEY"], raise_on_unexpected_status=True
    )

    numbers = list_numbers.sync(client=client)
    assert isinstance(numbers, PageNumber), numbers
    assert len(numbers.items) == 2 and numbers.next_cursor is None
    number: Number = numbers.items[0]

    first = add(client, number, "090-1234-0001", "1")
    assert add(client, number, "090-1234-0001", "1").id == first.id, "the same key makes no second one"
    for index in range(2, 8):
        add(client, number, f"090-1234-000{index}", str(index))

    read = get_block_entry.sync_detailed(number.id, first.id, client=client)
    assert isinstance(read.parsed, BlockEntry), read
    assert read.parsed.caller == "+819012340001" and read.parsed.expires_at is None
    tag = read.headers["ETag"]

    patch = BlockEntryPatch(note="changed by Python")
    changed = update_block_entry.sync(number.id, first.id, client=client, body=patch, if_match=tag)
    assert isinstance(changed, BlockEntry) and changed.note == "changed by Python", changed

    stale = update_block_entry.sync_detailed(number.id, first.id, client=client, body=patch, if_match=tag)
    assert stale.status_code == 412, stale
    assert isinstance(stale.parsed, Problem) and stale.parsed.code is ErrorCode.STALE, stale

    wrong = update_number.sync(number.id, client=client, body=NumberPatch(name="x" * 41), if_match=f'"{number.version}"')
    assert isinstance(wrong, Problem) and wrong.code is ErrorCode.INVALID and wrong.status == 422, wrong
    assert not isinstance(wrong.errors, Unset)
    assert [(error.pointer, str(error.code)) for error in wrong.errors] == [("/name", "too_long")], wrong

    assert page_through(client, number) == ["7", "6", "5", "4", "3", "2", "changed by Python"]

    # Files are bytes, also in encodings that are no UTF-8.
    file = File(payload=io.BytesIO("電話番号,メモ\n090-1234-0008,八\n".encode("shift_jis")))
    preview = create_block_import.sync(number.id, client=client, body=file, dry_run=True)
    assert isinstance(preview, BlockImport) and preview.state is BlockImportState.PREVIEWED and preview.added == 1, preview
    export = export_block_list.sync(number.id, client=client)
    assert isinstance(export, File) and export.payload.read().decode("utf-8-sig").count("\n") == 8, export

    # A code of next year is read, too.
    later = Problem.from_dict({**wrong.to_dict(), "code": "of_next_year"})
    assert later.code == "of_next_year", later

    missing = get_call_event_attachment.sync(first.id, client=client)
    assert isinstance(missing, Problem) and missing.code is ErrorCode.NOT_FOUND, missing


main()
