//! A TypeScript client: openapi-typescript's types under openapi-fetch.

use tests::block_on;

use crate::stage::Stage;
use crate::tools::{copy_files, document, node, node_program, npm, run, sources};

#[test]
fn a_typescript_client_is_generated_is_sound_and_works() {
    let folder = tempfile::tempdir_in(npm()).unwrap();
    copy_files(&sources().join("typescript"), folder.path());
    let said = run(node_program("openapi-typescript")
        .current_dir(folder.path())
        .arg(document())
        .args(["-o", "denwaban.d.ts"]));
    assert!(!said.to_lowercase().contains("warn"), "{said}");

    run(node_program("tsc").current_dir(folder.path()));

    block_on(async {
        let stage = Stage::start().await;
        run(node().current_dir(folder.path()).arg("round_trip.js").envs(stage.environment()));
        let mut notes: Vec<String> =
            stage.entries(0).await.into_iter().map(|(_, note)| note).collect();
        notes.sort();
        assert_eq!(notes, ["2", "3", "4", "5", "6", "7", "changed by TypeScript"]);
    });
}
