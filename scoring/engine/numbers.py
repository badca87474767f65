"""Exact arithmetic of the engine: hundredths of a point as integers, rounded once per line, half away from zero."""


def div(a, b):
    """a ÷ b as an integer, half away from zero; b > 0."""
    return (2 * a + b) // (2 * b) if a >= 0 else -((-2 * a + b) // (2 * b))


def down(a, b):
    """a ÷ b as an integer, cut towards zero; b > 0."""
    return a // b if a >= 0 else -(-a // b)


def hundredths(points):
    """A fraction of points → hundredths, rounded."""
    return div(points.numerator * 100, points.denominator)
