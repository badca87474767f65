"""What a subject was on a day and in the year: service, months, post. Section "Persons and months" of the rules."""

from bisect import bisect_right
from datetime import date, timedelta

from .schema import POSTS

FIRST, LAST = date.min, date.max
ONE = timedelta(days=1)
_RANK = {post: n for n, post in enumerate(POSTS)}


def add_months(day, months):
    """The same day of the month `months` later (the last one where the month is shorter)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for number in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, number)
        except ValueError:
            continue
    raise ValueError(day)


def pieces(first, last, months=1):
    """The window cut into pieces of `months` months: [(first, last), …]."""
    out, n = [], 0
    while (start := add_months(first, n)) <= last:
        out.append((start, min(add_months(first, n + months) - ONE, last)))
        n += months
    return out


class Person:
    """Service and posts of one subject, made once per distinct (kind, posts, served) and window.

    `months` of `of_months` count (15 days or more of service); `post` is the post of the year: held on most days of
    service, the later one on a tie.
    """

    def __init__(self, kind, posts, served, first, last):
        self._no_post = "member" if kind == "member" else ""  # a group holds no post
        spans = [(s.from_on, s.to_on or LAST) for s in served]
        if not spans and kind != "member":
            spans = [(FIRST, LAST)]
        self.spans = spans
        self._posts = sorted(posts, key=lambda s: (_RANK.get(s.code, _RANK["standing_member"]), s.code not in _RANK))
        self._edges = sorted(
            {FIRST} | {s.from_on for s in posts} | {s.to_on + ONE for s in posts if s.to_on and s.to_on < LAST}
        )
        self._codes = [self._find_post(day) for day in self._edges]
        self.months, self.of_months = self.months_within(first, last)
        self.days = self.days_within(first, last)
        self.post = self._post_of_year(first, last) if kind == "member" else ""

    def _find_post(self, day):
        for s in self._posts:
            if s.from_on <= day and (s.to_on is None or day <= s.to_on):
                return s.code
        return self._no_post

    def post_on(self, day):
        return self._codes[bisect_right(self._edges, day) - 1]

    def serves(self, day):
        return any(a <= day <= b for a, b in self.spans)

    def days_within(self, first, last):
        """Days of service within a period; overlapping spans count once."""
        total, reached = 0, first - ONE
        for a, b in sorted(self.spans):
            a, b = max(a, reached + ONE), min(b, last)
            if a <= b:
                total += (b - a).days + 1
                reached = b
        return total

    def months_within(self, first, last):
        """(months that count, months) of a period."""
        parts = pieces(first, last)
        return sum(self.days_within(a, b) >= 15 for a, b in parts), len(parts)

    def _post_of_year(self, first, last):
        held = {}
        edges = [max(e, first) for e in self._edges if e <= last]
        for n, start in enumerate(edges):
            end = edges[n + 1] - ONE if n + 1 < len(edges) else last
            if end < start:
                continue
            days = self.days_within(start, end)
            code = self.post_on(start)
            if days:
                held[code] = (held.get(code, (0, start))[0] + days, start)
        if not held:
            return self.post_on(last)
        return max(held, key=lambda code: held[code])
