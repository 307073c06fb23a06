//! The tables, once for both databases, but for `numbers`, which stands beside its rows. By hand: a
//! test compares them with both migrated databases.

diesel::table! {
    accounts (id) {
        id -> Text,
        name -> Text,
        contact_mail -> Nullable<Text>,
        status -> Text,
        suspended_reason -> Nullable<Text>,
        forwarding_number -> Nullable<Text>,
        option_ip_phone -> Bool,
        option_premises_device -> Bool,
        option_voicemail -> Bool,
        option_fax -> Bool,
        revision -> BigInt,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        callbacks_until -> Nullable<Timestamp>,
        reference -> Nullable<Text>,
    }
}

diesel::table! {
    route_changes (account_id, id) {
        account_id -> Text,
        id -> Text,
        at -> Timestamp,
        revision -> Nullable<BigInt>,
        decides -> Bool,
        number_id -> Nullable<Text>,
        gone -> Nullable<Text>,
        position -> Nullable<BigInt>,
    }
}

diesel::table! {
    route_position (id) {
        id -> Integer,
        position -> BigInt,
        floor -> BigInt,
    }
}

diesel::table! {
    switch_reports (switch_id, position) {
        switch_id -> Text,
        position -> BigInt,
        applied_at -> Timestamp,
        seen_at -> Timestamp,
    }
}

diesel::table! {
    api_keys (account_id, id) {
        account_id -> Text,
        id -> Text,
        name -> Text,
        hint -> Text,
        key_hash -> Text,
        scopes -> Text,
        allowed_addresses -> Text,
        expires_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        last_used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    notify_rules (account_id, id) {
        account_id -> Text,
        id -> Text,
        name -> Text,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        emails -> Text,
        events -> Text,
        language -> Text,
        private_subject -> Bool,
    }
}

diesel::table! {
    phone_ids (account_id, id) {
        account_id -> Text,
        id -> Text,
        login_id -> Text,
        kind -> Text,
        extension -> Text,
        terminal_name -> Text,
        device_option -> Nullable<Text>,
        outbound_number_id -> Nullable<Text>,
        password_hash -> Nullable<Text>,
        sealed_password -> Nullable<Text>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        sealed_digest -> Nullable<Text>,
        reference -> Nullable<Text>,
    }
}

diesel::table! {
    terminals (account_id, phone_id, id) {
        account_id -> Text,
        phone_id -> Text,
        id -> Text,
        kind -> Text,
        name -> Text,
        last_seen_at -> Timestamp,
        created_at -> Timestamp,
        expires_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    registrations (account_id, phone_id, contact_hash) {
        account_id -> Text,
        phone_id -> Text,
        contact_hash -> Text,
        id -> Text,
        user_agent -> Text,
        reported_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    refresh_tokens (account_id, id) {
        account_id -> Text,
        id -> Text,
        phone_id -> Text,
        terminal_id -> Text,
        token_hash -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
        repeat_hash -> Nullable<Text>,
    }
}

diesel::table! {
    sign_in_links (account_id, id) {
        account_id -> Text,
        id -> Text,
        phone_id -> Text,
        token_hash -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    silent_targets (account_id, number_id, phone_id) {
        account_id -> Text,
        number_id -> Text,
        phone_id -> Text,
    }
}

diesel::table! {
    sessions (account_id, id) {
        account_id -> Text,
        id -> Text,
        phone_id -> Text,
        token_hash -> Text,
        created_at -> Timestamp,
        last_seen_at -> Timestamp,
        expires_at -> Timestamp,
        confirmed_until -> Nullable<Timestamp>,
    }
}

diesel::table! {
    password_resets (account_id, id) {
        account_id -> Text,
        id -> Text,
        phone_id -> Text,
        token_hash -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    sign_in_attempts (subject_hash) {
        subject_hash -> Text,
        failures -> Integer,
        blocked_until -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    service_keys (id) {
        id -> Text,
        kind -> Text,
        name -> Text,
        hint -> Text,
        key_hash -> Text,
        created_at -> Timestamp,
        last_used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    signing_keys (kid) {
        kid -> Text,
        public_jwk -> Text,
        sealed_private -> Text,
        created_at -> Timestamp,
        signs_from -> Timestamp,
        retired_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    audit_log (account_id, id) {
        account_id -> Text,
        id -> Text,
        at -> Timestamp,
        actor_kind -> Text,
        actor -> Text,
        object_kind -> Text,
        object_id -> Text,
        action -> Text,
        before -> Text,
        after -> Text,
        revision -> BigInt,
    }
}

diesel::table! {
    idempotency_keys (caller, idempotency_key) {
        caller -> Text,
        idempotency_key -> Text,
        request_hash -> Text,
        status -> Integer,
        sealed_answer -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    block_entries (account_id, number_id, id) {
        account_id -> Text,
        number_id -> Text,
        id -> Text,
        pattern -> Text,
        matching -> Text,
        note -> Text,
        search -> Text,
        expires_at -> Nullable<Timestamp>,
        hits -> BigInt,
        last_hit_at -> Nullable<Timestamp>,
        import_id -> Nullable<Text>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    removed_block_entries (account_id, number_id, deletion_id, id) {
        account_id -> Text,
        number_id -> Text,
        deletion_id -> Text,
        id -> Text,
        pattern -> Text,
        matching -> Text,
        note -> Text,
        search -> Text,
        expires_at -> Nullable<Timestamp>,
        hits -> BigInt,
        last_hit_at -> Nullable<Timestamp>,
        import_id -> Nullable<Text>,
        version -> BigInt,
        created_at -> Timestamp,
        removed_at -> Timestamp,
        put_back_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    block_imports (account_id, number_id, id) {
        account_id -> Text,
        number_id -> Text,
        id -> Text,
        state -> Text,
        encoding -> Text,
        file -> Nullable<Binary>,
        outcomes -> Nullable<Binary>,
        total -> Integer,
        added -> Integer,
        warned -> Integer,
        duplicates -> Integer,
        repairable -> Integer,
        invalid -> Integer,
        empty -> Integer,
        created_at -> Timestamp,
    }
}

diesel::table! {
    call_events (account_id, id) {
        account_id -> Text,
        id -> Text,
        number_id -> Text,
        call_id -> Text,
        direction -> Text,
        party -> Nullable<Text>,
        no_number -> Nullable<Text>,
        outcome -> Text,
        at -> Timestamp,
        switch_id -> Nullable<Text>,
        event_id -> Nullable<Text>,
        kind -> Text,
        reason -> Nullable<Text>,
        international -> Bool,
        duration_s -> Nullable<Integer>,
        pages -> Nullable<Integer>,
        transcript -> Nullable<Text>,
        forwarded_to -> Nullable<Text>,
        attachment_id -> Nullable<Text>,
        received_at -> Nullable<Timestamp>,
        extension -> Nullable<Text>,
        caller_sent -> Nullable<Text>,
    }
}

diesel::table! {
    notify_services (account_id, id) {
        account_id -> Text,
        id -> Text,
        rule_id -> Text,
        kind -> Text,
        label -> Text,
        enabled -> Bool,
        sealed_credentials -> Text,
        hints -> Text,
        pace_key -> Text,
        failing_since -> Nullable<Timestamp>,
        problem -> Nullable<Text>,
        stopped_at -> Nullable<Timestamp>,
        callback_hash -> Nullable<Text>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    uploads (id) {
        id -> Text,
        switch_id -> Text,
        content_type -> Text,
        size_bytes -> BigInt,
        duration_ms -> Nullable<Integer>,
        object_key -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    attachments (account_id, id) {
        account_id -> Text,
        id -> Text,
        call_event_id -> Text,
        kind -> Text,
        content_type -> Text,
        file_name -> Text,
        size_bytes -> BigInt,
        duration_ms -> Nullable<Integer>,
        object_key -> Text,
        link_serial -> Integer,
        link_expires_at -> Timestamp,
        link_revoked_at -> Nullable<Timestamp>,
        downloads -> BigInt,
        last_download_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    deliveries (account_id, id) {
        account_id -> Text,
        id -> Text,
        short_id -> Text,
        call_event_id -> Nullable<Text>,
        number_id -> Nullable<Text>,
        rule_id -> Nullable<Text>,
        service_id -> Nullable<Text>,
        channel -> Text,
        destination -> Text,
        purpose -> Text,
        state -> Text,
        attempts -> Integer,
        next_at -> Timestamp,
        slot_at -> Nullable<Timestamp>,
        pace_key -> Nullable<Text>,
        lease_owner -> Nullable<Text>,
        lease_until -> Nullable<Timestamp>,
        progress -> Nullable<Text>,
        content -> Nullable<Text>,
        problem -> Nullable<Text>,
        created_at -> Timestamp,
        finished_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    delivery_attempts (account_id, delivery_id, id) {
        account_id -> Text,
        delivery_id -> Text,
        id -> Text,
        at -> Timestamp,
        outcome -> Text,
        status -> Nullable<Integer>,
        problem -> Nullable<Text>,
        detail -> Text,
        duration_ms -> Integer,
    }
}

diesel::table! {
    paces (pace_key) {
        pace_key -> Text,
        free_at -> Timestamp,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    accounts,
    route_changes,
    route_position,
    switch_reports,
    api_keys,
    notify_rules,
    phone_ids,
    terminals,
    registrations,
    silent_targets,
    sessions,
    password_resets,
    sign_in_attempts,
    service_keys,
    signing_keys,
    refresh_tokens,
    sign_in_links,
    audit_log,
    idempotency_keys,
    block_entries,
    removed_block_entries,
    block_imports,
    call_events,
    notify_services,
    uploads,
    attachments,
    deliveries,
    delivery_attempts,
    paces
);
