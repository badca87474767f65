"""Celery's way into what the desk does by the calendar."""

from celery import shared_task

from desk import reminders


@shared_task
def remind():
    """Beat calls it every hour; it acts once a quarter and committee."""
    reminders.remind_due()
