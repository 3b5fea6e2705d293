FROM python:3.13-slim AS build
WORKDIR /app
COPY pyproject.toml requirements.lock README.md LICENSE ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --constraint requirements.lock ".[redis,s3]"

FROM python:3.13-slim
# For manage.py backup and restore; its release must be that of the server or newer.
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-client && rm -rf /var/lib/apt/lists/*
RUN useradd --create-home --uid 10001 app && install -d -o app -g app /app/staticfiles /var/lib/resourcecenter
COPY --from=build /venv /venv
WORKDIR /app
COPY . .
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    VAR_DIR=/var/lib/resourcecenter STATIC_ROOT=/app/staticfiles
USER app
RUN SECRET_KEY=only-for-this-step python manage.py collectstatic --noinput --verbosity 0
VOLUME /var/lib/resourcecenter
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen(u.Request('http://127.0.0.1:8000/healthz', headers={'Host': 'localhost'}), timeout=4)"]
CMD ["gunicorn", "resourcecenter.wsgi", "--config", "python:resourcecenter.serving", "--bind", "0.0.0.0:8000", \
     "--forwarded-allow-ips", "*"]
