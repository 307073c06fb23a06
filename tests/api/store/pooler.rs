//! Behind PgBouncer in transaction mode, where two connections to the database serve everybody.

use serde_json::json;
use server::identity::service_keys::KeyKind;
use server::platform::config::Config;
use tests::switch::{Switch, event};
use tests::{Backend, Client, PASSWORD, Pooler, Replica, TestApp, block_on, service_key};
use tokio::task::JoinSet;

const WRITERS: usize = 6;
const CHANGES: usize = 4;

fn behind(pooler: &Pooler, direct: &str, config: &mut Config) {
    config.database.url = Some(pooler.url.clone().into());
    config.database.direct_url = Some(direct.to_owned().into());
    config.database.prepared_statements = false;
}

mod a_server_works_behind_a_pooler_of_transactions {
    use super::*;

    // SQLite has no pooler.
    #[test]
    fn postgres() {
        block_on(async {
            let app = TestApp::start(Backend::Postgres).await;
            let Some(pooler) = Pooler::start(&app.database.url).await else { return };
            let holder = app.holder("minato").await;
            let called = holder.dialled(0).await;
            let direct = app.database.url.clone();
            let replica = Replica::with(&app, |config| behind(&pooler, &direct, config));
            let (client, _) = Client::new(&replica.url).sign_in(&holder.login_id, PASSWORD).await;

            let mut writers = JoinSet::new();
            for writer in 0..WRITERS {
                let (client, path) = (client.clone(), holder.number(writer % 2));
                writers.spawn(async move {
                    for change in 0..CHANGES {
                        loop {
                            let version = client.get(&path).await.version();
                            let name = json!({"name": format!("{writer} {change}")});
                            match client.if_match(version).patch(&path, name).await.status {
                                200 => break,
                                412 => {}
                                status => panic!("a change was answered with {status}"),
                            }
                        }
                    }
                });
            }
            while let Some(writer) = writers.join_next().await {
                writer.expect("a writer");
            }
            let list = format!("{}/block-list/entries", holder.number(0));
            client.post(&list, json!({"caller": "090-1234-5678"})).await.expect(201);

            let switch = Switch::of(&app).await;
            let key = service_key(&app.app, KeyKind::Switch).await;
            let through = Switch { client: Client::new(&replica.url).bearer(&key) };
            let events: Vec<_> =
                (0..20).map(|_| event(&called, "missed_call", json!({}))).collect();
            through.tell(json!(events)).await;
            let question = json!({"call_id": "c", "called": called, "from_user": "+819012345678"});
            for switch in [&switch, &through] {
                let decided = switch.client.post("/switch/route-decision", question.clone()).await;
                assert_eq!(decided.expect(200)["matched"]["rule"], "block_entry");
            }
            through.client.get("/switch/snapshot").await.expect(200);
            let all = json!({"decisions": true, "reads": true, "writes": true});
            assert_eq!(client.get("//readyz").await.expect(200), all);
        });
    }
}
