FROM python:3.11-slim-bookworm

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /app

COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt

COPY . .
# The secrets of this line sign and encrypt nothing: collectstatic only needs the settings to load.
RUN SECRET_KEY=for-collectstatic-only-0123456789abcdefghijklmnopqrstuvwxyz \
    TELEPHONE_KEY=for-collectstatic-only-0123456789abcdefghijklmnopqrstuvwxyz \
    python manage.py collectstatic --noinput \
    && useradd --system --uid 10001 --home-dir /app cppcc \
    && mkdir -p /var/lib/cppcc/evidence /var/lib/cppcc/prints && chown -R cppcc /var/lib/cppcc

USER cppcc
EXPOSE 8000
CMD ["gunicorn", "cppcc.wsgi"]
