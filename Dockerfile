# One binary, the portal inside it.

FROM rust:1.95.0-slim-bookworm AS build
# libpq is built from source and speaks TLS through OpenSSL; so is the allocator, by make.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libssl-dev make pkg-config \
    && rm -rf /var/lib/apt/lists/* \
    && rustup target add wasm32-unknown-unknown
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo xtask bundle \
    && cargo build --release --locked --package server --bin denwaban \
    && install -D target/release/denwaban /out/denwaban

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libssl3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home denwaban \
    && install -d -m 0700 -o denwaban -g denwaban /data
COPY --from=build /out/denwaban /usr/local/bin/denwaban
USER denwaban
ENV DENWABAN__SERVER__BIND=0.0.0.0:8080 \
    DENWABAN__DATA_DIR=/data \
    DENWABAN__LOG__FORMAT=json
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["denwaban", "health"]
ENTRYPOINT ["denwaban"]
CMD ["serve"]
