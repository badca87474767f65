"""The one explicit signal between the records and the scores.

A service sends it in its own transaction after it wrote rows; scoring (above) listens. Nothing else is a signal.
"""

from django.dispatch import Signal

# objects: list of (kind, primary key); kind is one of activity, contribution, proposal, opinion, adjustment, subject.
# "subject" means that the subject's own posts, dates or groups changed. Sent inside the transaction of the change.
facts_changed = Signal()
