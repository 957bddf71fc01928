# Web, light, assist, beat and feeds: everything that never loads torch. Build from the repository's root.
FROM node:24-bookworm-slim AS front
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY frontend/ ./
RUN npm run build

FROM python:3.12-slim-bookworm
# PyAV's wheel brings an FFmpeg with GPL encoders: fine to run, but an image given to others needs PyAV built on an LGPL FFmpeg.
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MALLOC_ARENA_MAX=2
RUN useradd --uid 10001 --create-home siteloop && install -d -o siteloop -g siteloop /data
WORKDIR /app
COPY backend/requirements-web.txt backend/requirements-web.txt
RUN pip install --no-cache-dir -r backend/requirements-web.txt
COPY manage.py pyproject.toml requirements.txt ./
COPY backend/ backend/
COPY ml/ ml/
COPY --from=front /src/frontend/dist frontend/dist
USER siteloop
ENV DJANGO_SETTINGS_MODULE=backend.config.settings.prod SITELOOP_DATA_DIR=/data
VOLUME /data
EXPOSE 8000
CMD ["uvicorn", "backend.config.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--no-access-log"]
