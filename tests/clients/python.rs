//! A Python client, as openapi-python-client makes it.

use tests::block_on;

use crate::stage::Stage;
use crate::tools::{copy_files, document, python, run, sources};

#[test]
fn a_python_client_is_generated_is_sound_and_works() {
    let folder = tempfile::tempdir().unwrap();
    copy_files(&sources().join("python"), folder.path());
    let mut generator = python("openapi-python-client");
    generator.current_dir(folder.path()).args([
        "generate",
        "--meta",
        "none",
        "--fail-on-warning",
        "--output-path",
        "denwaban_client",
    ]);
    let said = run(generator.args(["--config", "generator.yml", "--path"]).arg(document()));
    assert!(!said.to_lowercase().contains("warning"), "{said}");

    run(python("mypy").current_dir(folder.path()).args([
        "--no-incremental",
        "round_trip.py",
        "denwaban_client",
    ]));

    block_on(async {
        let stage = Stage::start().await;
        run(python("python")
            .current_dir(folder.path())
            .arg("round_trip.py")
            .envs(stage.environment()));
        let mut notes: Vec<String> =
            stage.entries(0).await.into_iter().map(|(_, note)| note).collect();
        notes.sort();
        assert_eq!(notes, ["2", "3", "4", "5", "6", "7", "changed by Python"]);
    });
}
