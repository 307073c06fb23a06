-- What access tokens and snapshots are signed with.
CREATE TABLE signing_keys (
    -- Thumbprint of the public key (RFC 7638).
    kid TEXT NOT NULL PRIMARY KEY,
    -- JSON Web Key (RFC 7517), as it is published.
    public_jwk TEXT NOT NULL,
    -- PKCS #8, sealed.
    sealed_private TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    -- Published from the beginning, so that whoever keeps the published keys for a while knows it when it begins to sign.
    signs_from TIMESTAMP NOT NULL,
    -- From when it is published no longer; NULL = not known yet.
    retired_at TIMESTAMP
);
