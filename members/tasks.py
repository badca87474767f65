"""Celery's way into the outbox of notices."""

from celery import shared_task
from django.conf import settings

from members import delivery


@shared_task
def sweep_notices():
    """Beat calls it every NOTICE_SWEEP_SECONDS: rings for every user for whom something waits; returns how often."""
    due = delivery.due()
    for user_id, channel in due:
        send_notices.apply_async((user_id, channel), expires=settings.NOTICE_SWEEP_SECONDS, ignore_result=True)
    return len(due)


@shared_task
def send_notices(user_id, channel):
    delivery.deliver(user_id=user_id, channel=channel)
