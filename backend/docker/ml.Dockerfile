# The `ml` worker: training and pre-labels, with torch. Its PyPI wheels carry CUDA and also run without a card.
# For a smaller image without CUDA: --build-arg TORCH_INDEX=https://download.pytorch.org/whl/cpu
FROM python:3.12-slim-bookworm
ARG TORCH_INDEX=
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MALLOC_ARENA_MAX=2
RUN useradd --uid 10001 --create-home siteloop && install -d -o siteloop -g siteloop /data
WORKDIR /app
COPY requirements.txt ./
RUN if [ -n "$TORCH_INDEX" ]; then pip install --no-cache-dir --index-url "$TORCH_INDEX" $(grep -E '^(torch|torchvision)==' requirements.txt); fi \
    && pip install --no-cache-dir -r requirements.txt
COPY manage.py pyproject.toml ./
COPY backend/ backend/
COPY ml/ ml/
USER siteloop
ENV DJANGO_SETTINGS_MODULE=backend.config.settings.prod SITELOOP_DATA_DIR=/data
VOLUME /data
CMD ["celery", "-A", "backend.config.celery", "worker", "-n", "ml@%h", "-Q", "ml", "--concurrency", "1"]
