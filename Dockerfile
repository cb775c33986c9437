# syntax=docker/dockerfile:1
# itn in an image of its own: the program, the C library, whom to trust for TLS, and no shell.
#
#   docker build -t itn .
#   docker run -d --name itn -p 127.0.0.1:8080:8080 -v itn-data:/data --stop-timeout 60 itn

FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked -p itn && \
    install -D target/release/itn /image/usr/local/bin/itn && \
    install -d /image/data

# The same C library as the one it was built with.
FROM gcr.io/distroless/cc-debian12:nonroot
# User and group; where a host gives volumes to root alone, 0:0.
ARG ITN_USER=65532:65532
COPY --from=build /image/usr/local/bin/itn /usr/local/bin/itn
# A new volume gets the owner of the folder that it is mounted on.
COPY --from=build --chown=${ITN_USER} /image/data /data
USER ${ITN_USER}
# The folder that `.env` would be read from.
WORKDIR /data
ENV ITN_DATA=/data ITN_LISTEN=0.0.0.0:8080
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=6s --start-period=120s --retries=3 CMD ["/usr/local/bin/itn", "health"]
ENTRYPOINT ["/usr/local/bin/itn"]
CMD ["serve"]
