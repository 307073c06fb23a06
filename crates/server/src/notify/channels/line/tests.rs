use super::*;

#[test]
fn answers() {
    let retry = Outcome::Retry { after: None };
    let said = |message: &str| json!({"message": message});
    let detailed = |property: &str| {
        json!({"message": "The request body has 1 error(s)",
        "details": [{"message": "wrong", "property": property}]})
    };
    let table = [
        (200, json!({"sentMessages": [{"id": "1"}]}), Outcome::Delivered, None),
        (409, said("The retry key is already accepted"), Outcome::Delivered, None),
        (400, said("Failed to send messages"), Outcome::BadConfig, Some("line.bad_destination")),
        (
            400,
            said("The property, 'to', in the request body is invalid (line: -, column: -)"),
            Outcome::BadConfig,
            Some("line.bad_destination"),
        ),
        (400, detailed("to"), Outcome::BadConfig, Some("line.bad_destination")),
        (400, detailed("messages[0].text"), Outcome::BadPayload, Some("line.content")),
        (413, Value::Null, Outcome::BadPayload, Some("line.content")),
        (415, Value::Null, Outcome::BadPayload, Some("line.content")),
        (
            401,
            said("Authentication failed due to the following reason: invalid token"),
            Outcome::BadConfig,
            Some("line.unauthorized"),
        ),
        (
            403,
            said("Access to this API is not available for your account"),
            Outcome::BadConfig,
            Some("line.no_access"),
        ),
        (404, said("Not found"), Outcome::BadConfig, Some("line.bad_destination")),
        (
            429,
            said("The API rate limit has been exceeded. Try again later."),
            retry.clone(),
            Some("line.busy"),
        ),
        (429, said("You have reached your monthly limit."), Outcome::BadConfig, Some("line.quota")),
        (429, Value::Null, retry.clone(), Some("line.busy")),
        (500, said("The request cannot be processed"), retry.clone(), Some("line.server_error")),
        (503, Value::Null, retry, Some("line.server_error")),
    ];
    for (status, body, outcome, problem) in table {
        assert_eq!(classify(status, &body), (outcome, problem), "{status} {body}");
    }
}

#[test]
fn what_is_wrong_stands_in_the_log_with_its_place() {
    let body = json!({"message": "The request body has 1 error(s)",
        "details": [{"message": "Length must be between 0 and 5000",
        "property": "messages[0].text"}]});
    let detail = Answer { status: 400, body }.detail();
    assert_eq!(
        detail,
        "The request body has 1 error(s); messages[0].text: Length must be between 0 and 5000"
    );
}
