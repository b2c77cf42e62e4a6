# Both images of the service: `docker build --target torchserve .` and `docker build --target web .`
# (`make images` does it, with the labels filled in).

# A release of Debian or Ubuntu with Python 3.11 to 3.14 and Java 17 or newer, such as debian:trixie-slim. In production, name
# it by digest (debian@sha256:...) and move on when Debian publishes a new one.
# checkov:skip=CKV_DOCKER_7: The tag is in this argument, where the check does not look.
ARG DEBIAN=debian:bookworm-slim
# nginx 1.28 or newer with its module njs. In production, name it by digest too.
ARG NGINX=nginx:1.30


FROM ${DEBIAN} AS python
# hadolint ignore=DL3008  # Debian stable changes a package only for a security fix: a pinned version would keep it out.
RUN apt-get update && apt-get install -y --no-install-recommends python3-venv && rm -rf /var/lib/apt/lists/*
# pip stays in this stage. It installs into /opt/venv, which has no pip.
RUN python3 -m venv /opt/pip && python3 -m venv --without-pip /opt/venv
ENV PATH=/opt/venv/bin:$PATH \
    PIP_CACHE_DIR=/var/cache/pip
# The index of torch's CPU build. From the default index, pip installs the CUDA build, which is 20 times as large.
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
WORKDIR /build
COPY requirements/constraints.txt requirements/serving.in requirements/
# Remove what only compiles or tests other programs: torch's C++ headers and test programs, and all packages' own tests.
# torch_shm_manager stays: torch cannot be imported without it.
RUN --mount=type=cache,target=/var/cache/pip \
    /opt/pip/bin/pip --python /opt/venv/bin/python install ${TORCH_INDEX:+--extra-index-url ${TORCH_INDEX}} \
        --constraint requirements/constraints.txt --requirement requirements/serving.in \
    && packages=$(python -c 'import sysconfig; print(sysconfig.get_path("purelib"))') \
    && rm -rf "$packages/torch/test" "$packages/torch/include" "$packages/torch/share" \
    && find "$packages/torch/bin" -type f ! -name torch_shm_manager -delete \
    && find "$packages" -type d -name tests -prune -exec rm -rf {} +
COPY torchserve/__init__.py torchserve/
COPY torchserve/patches torchserve/patches
RUN python -m torchserve.patches.apply


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
# Java's package links manual pages into a folder that the slim base lacks.
# hadolint ignore=DL3008
RUN mkdir -p /usr/share/man/man1 \
    && apt-get update \
    && apt-get install -y --no-install-recommends default-jre-headless python3 tini \
    && rm -rf /var/lib/apt/lists/*
COPY --from=python /opt/venv /opt/venv
WORKDIR /opt/digits
# With a mode, since a clone made under another umask may be readable by its owner alone.
COPY --chmod=755 torchserve torchserve
COPY --from=archive --chmod=644 /build/model_store/digits.mar /build/model_store/digits.mar.sha256 model_store/
# Only the inference port is open to other containers. k8s/components/monitoring opens the metrics port too.
ENV PYTHON=/opt/venv/bin/python \
    TS_INFERENCE_ADDRESS=http://0.0.0.0:8080
USER 10001:10001
EXPOSE 8080
# Healthy means that a worker answers. A TorchServe that hangs is ended, so that the restart policy starts another.
HEALTHCHECK --interval=5s --timeout=6s --start-period=60s --retries=3 CMD ["/opt/digits/torchserve/healthcheck"]
ENTRYPOINT ["tini", "--", "/opt/digits/torchserve/entrypoint"]
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="digits-torchserve" \
      org.opencontainers.image.description="Handwritten digit recognizer: the model behind TorchServe" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"


# Nothing is installed here, so that a new release of the base is the whole update.
FROM ${NGINX} AS web
# The unprivileged variant of the image has another user, who may not make a folder.
USER 0:0
# Writable for any user of group 0, as some clusters choose the user.
RUN install -d -o 10001 -g 0 -m 0770 /run/digits
WORKDIR /opt/digits
COPY --chmod=755 web web
RUN web/build-page .
USER 10001:10001
EXPOSE 8080
# On SIGQUIT nginx finishes the requests in progress before it ends; on SIGTERM it drops them.
STOPSIGNAL SIGQUIT
# Healthy means that nginx answers, whether or not TorchServe does.
HEALTHCHECK --interval=5s --timeout=4s --start-period=10s --retries=3 CMD ["/opt/digits/web/container/probe", "/healthz"]
ENTRYPOINT ["/opt/digits/web/container/entrypoint"]
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="digits-web" \
      org.opencontainers.image.description="Handwritten digit recognizer: nginx with the page and the public API" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
