"""How far the evaluator goes, so that every question ends. All of it is counted in steps, never in time."""

from __future__ import annotations

MAX_VALUES = 24
"""More values than this for one expression are as good as unknown."""
MAX_TEXT = 10_000
"""A text that is joined to more characters than this is not followed: names that double grow exponentially."""
MAX_DEPTH = 12
"""Objects and containers made of each other deeper than this are known by their classes only."""
MAX_ACTIVATIONS = 32
"""Activations of one function that know its arguments equally well (``activations``)."""
MAX_STEPS = 50_000
"""Expressions that one question may look at; beyond that its answer is unknown. The most that a question of the
development repositories needs is 13,000.
"""
MAX_NESTED = 4_000
"""Questions that wait for each other in a row; beyond that the answer is unknown. Each takes up to nine frames of
``stack.RECURSION_LIMIT``, of which the solver has used some before it asks.
"""
MAX_DEEPENED = 4
"""A value of a cycle that has become more deeply nested so often would go on doing so."""
MAX_CHANGES = 64
"""A value of a cycle that has changed so often is unknown. Adding values one by one takes ``MAX_VALUES`` changes."""
MAX_BEGINNINGS = 4
"""How often the questions of a cycle begin anew because others have turned out to belong to it."""
