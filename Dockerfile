# One image, two commands: `kneewall serve` and `kneewall worker`.

FROM node:20-bookworm-slim AS weights
WORKDIR /build
COPY .npmrc package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM python:3.11-slim-bookworm AS base
# What the wheels of OpenCV and MediaPipe load, and what locks the readers of clips; `kneewall doctor` looks for the same, and a test holds the two lists equal.
# Versions are those of the base image's Debian: a pinned one is gone from the mirrors with the next security update.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libegl1 libgles2 libgl1 libglib2.0-0 libxcb1 libseccomp2 \
    && rm -rf /var/lib/apt/lists/*

FROM base AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 KNEEWALL_CACHE_DIR=/opt/kneewall/cache
WORKDIR /build
RUN python -m venv /opt/kneewall/venv
COPY requirements.lock ./
RUN /opt/kneewall/venv/bin/python -m pip install --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY app app
COPY vision vision
COPY calibration calibration
COPY scripts/build_weights.py scripts/build_coach.py scripts/
COPY --from=weights /build/node_modules node_modules
# What pages load lies within `app` before it is installed. The scripts run from here and find the packages beside `vision`.
RUN mkdir -p app/web/static/vendor/tus app/web/static/vendor/uplot \
    && cp node_modules/uplot/dist/uPlot.iife.min.js node_modules/uplot/dist/uPlot.min.css node_modules/uplot/LICENSE app/web/static/vendor/uplot/ \
    && cp node_modules/tus-js-client/dist/tus.min.js node_modules/tus-js-client/LICENSE app/web/static/vendor/tus/
RUN PYTHONPATH=/build /opt/kneewall/venv/bin/python scripts/build_weights.py \
    && PYTHONPATH=/build /opt/kneewall/venv/bin/python scripts/build_coach.py \
    && /opt/kneewall/venv/bin/python -m pip install --no-deps --no-build-isolation .

FROM base
COPY --from=build /opt/kneewall /opt/kneewall
RUN groupadd --system --gid 10001 kneewall \
    && useradd --system --uid 10001 --gid 10001 --home-dir /data --shell /usr/sbin/nologin kneewall \
    && install --directory --owner=kneewall --group=kneewall --mode=0700 /data
# By number, so that whoever runs it can see that it is not root.
USER 10001:10001
WORKDIR /data
VOLUME /data
# SQLite writes a database anew after erasing, beside a copy of it, which may be larger than /tmp: it lies in the data folder, too.
ENV PATH=/opt/kneewall/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    MPLCONFIGDIR=/tmp/matplotlib \
    KNEEWALL_CACHE_DIR=/opt/kneewall/cache \
    KNEEWALL_DATA_DIR=/data \
    SQLITE_TMPDIR=/data \
    KNEEWALL_AUTH=on \
    KNEEWALL_HOST=0.0.0.0
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-m", "app.doctor", "--health"]
STOPSIGNAL SIGTERM
CMD ["kneewall", "serve"]
