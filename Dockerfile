# Both images of the service: `docker build --target torchserve .` and `docker build --target web .`
# (`make images` does it, with the labels filled in). They share the base, so they are patched by the same rebuild.

# In production: by digest (debian@sha256:...), moved when Debian publishes a new one.
# checkov:skip=CKV_DOCKER_7: The base's tag stands here, where the check does not look.
ARG DEBIAN=debian:bookworm-slim


FROM ${DEBIAN} AS python
# hadolint ignore=DL3008  # Debian stable changes a package for a security fix only: a pinned version would keep it out.
RUN apt-get update && apt-get install -y --no-install-recommends python3.11-venv && rm -rf /var/lib/apt/lists/*
# pip stays in this stage; what it installs goes to /opt/venv, which has none.
RUN python3.11 -m venv /opt/pip && python3.11 -m venv --without-pip /opt/venv
ENV PATH=/opt/venv/bin:$PATH \
    PIP_CACHE_DIR=/var/cache/pip
# Where torch's CPU build comes from: elsewhere `pip install torch` is the CUDA build, which is 20 times as large.
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
WORKDIR /build
COPY requirements/constraints.txt requirements/serving.in requirements/
# What only compiles or tests other programs goes: torch's C++ headers and test programs (245 MB), all packages' own tests.
# torch_shm_manager stays, without which torch is not imported.
RUN --mount=type=cache,target=/var/cache/pip \
    /opt/pip/bin/pip --python /opt/venv/bin/python install ${TORCH_INDEX:+--extra-index-url ${TORCH_INDEX}} \
        --constraint requirements/constraints.txt --requirement requirements/serving.in \
    && packages=/opt/venv/lib/python3.11/site-packages \
    && rm -rf "$packages/torch/test" "$packages/torch/include" "$packages/torch/share" \
    && find "$packages/torch/bin" -type f ! -name torch_shm_manager -delete \
    && find "$packages" -type d -name tests -prune -exec rm -rf {} +
# Java loads its way to epoll and Unix sockets from beside the jar (entrypoint). It would unpack it into /tmp, which as a
# tmpfs may hold no programs, and then do without: slower, and over TCP to its worker.
RUN python -c "import pathlib, zipfile; \
folder = pathlib.Path('/opt/venv/lib/python3.11/site-packages/ts/frontend'); \
jar = zipfile.ZipFile(folder / 'model-server.jar'); \
names = [pathlib.PurePath(name) for name in jar.namelist() if '/libnetty_transport_native_epoll' in name]; \
[(folder / name.name).write_bytes(jar.read(str(name))) for name in names]"


FROM python AS archive
COPY requirements/archive.in requirements/
RUN --mount=type=cache,target=/var/cache/pip \
    /opt/pip/bin/pip --python /opt/venv/bin/python install \
        --constraint requirements/constraints.txt --requirement requirements/archive.in
COPY handler handler
COPY train train
COPY model_store/digits.pt model_store/digits.json model_store/
RUN python -m train.archive
WORKDIR /build/model_store
RUN sha256sum digits.mar > digits.mar.sha256


FROM ${DEBIAN} AS torchserve
# Java's installation links its manual pages, into a folder that the slim base does not have.
# hadolint ignore=DL3008
RUN mkdir -p /usr/share/man/man1 \
    && apt-get update \
    && apt-get install -y --no-install-recommends openjdk-17-jre-headless python3.11 tini \
    && rm -rf /var/lib/apt/lists/*
COPY --from=python /opt/venv /opt/venv
WORKDIR /opt/digits
COPY torchserve torchserve
COPY --from=archive /build/model_store/digits.mar /build/model_store/digits.mar.sha256 model_store/
# Inference alone is for others; a place that scrapes metrics opens them too (k8s/components/monitoring).
ENV PYTHON=/opt/venv/bin/python \
    TS_INFERENCE_ADDRESS=http://0.0.0.0:8080
USER 10001:10001
EXPOSE 8080
# A worker answers. TorchServe's own /ping is 200 while there is no model.
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=3 CMD ["bash", "-c", "\
    exec 3<>/dev/tcp/127.0.0.1/8080 \
    && printf 'GET /predictions/digits HTTP/1.0\\r\\nX-Route: ready\\r\\n\\r\\n' >&3 \
    && read -r -t 2 _ status _ <&3 && [ \"$status\" = 200 ]"]
ENTRYPOINT ["tini", "--", "/opt/digits/torchserve/entrypoint"]
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="digits-torchserve" \
      org.opencontainers.image.description="Handwritten digit recogniser: the model behind TorchServe" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"


FROM ${DEBIAN} AS web
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends nginx libnginx-mod-http-lua lua-nginx-dns tini \
    && rm -rf /var/lib/apt/lists/* \
    && install -d -o 10001 -g 10001 /run/digits
WORKDIR /opt/digits
COPY web web
USER 10001:10001
EXPOSE 8080
# nginx ends after the requests that it holds, at SIGQUIT; at SIGTERM it drops them.
STOPSIGNAL SIGQUIT
# nginx lives: whether there is a TorchServe is not this container's health.
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s --retries=3 CMD ["bash", "-c", "\
    exec 3<>/dev/tcp/127.0.0.1/8080 \
    && printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3 \
    && read -r -t 2 _ status _ <&3 && [ \"$status\" = 200 ]"]
ENTRYPOINT ["tini", "--", "/opt/digits/web/container/entrypoint"]
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="digits-web" \
      org.opencontainers.image.description="Handwritten digit recogniser: nginx with the page and the public API" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
