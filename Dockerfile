# The service as the README starts it, from packages whose hashes are known.
FROM python:3.11-slim AS build
WORKDIR /source
RUN python -m venv /venv
COPY constraints-hashes.txt .
RUN /venv/bin/pip install --no-cache-dir --require-hashes --requirement constraints-hashes.txt
COPY . .
RUN /venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim
RUN useradd --system --uid 10001 cameo-events && install --directory --owner cameo-events /data
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH DATABASE=/data/events.sqlite CACHE=/data/cache HOST=0.0.0.0
USER cameo-events
VOLUME /data
EXPOSE 8000
HEALTHCHECK CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz')"]
CMD ["cameo-events", "serve"]
