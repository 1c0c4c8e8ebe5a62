"""What one release of a package offers, read from its archive: the input of the tables.

A surface is five sections of owner, key and value, all strings:

``names``
    module -> name that can be imported from it -> what it is: ``C path`` a class by the path of its definition, ``F`` a
    function, ``M`` a module, ``V`` another value of the package's own, ``X`` what comes from another package. The key
    ``*`` holds modules of other LiveKit packages whose names it has too, and ``?`` marks a module that makes names up
    as they are asked for.
``members``
    class or module (for functions) -> member -> how it is called: ``c`` coroutine, ``m`` plain, ``g`` asynchronous
    generator, ``p`` property, ``a`` attribute, and the parameters without ``self`` in parentheses. The key ``()``
    holds the constructor's, ``?`` marks a class that may have more, ``<`` its bases in other LiveKit packages. In Node
    the keys of the object that comes last stand where Python has keywords, if all of them are known.
``events``
    class -> event -> the most arguments that it is emitted with, or ``?``. The key ``?`` marks an emitter whose
    subclasses add events.
``deprecated``
    path of a class, function or module -> parameter or member, empty for itself -> what the SDK says of it.
``requires``
    another package of the SDK -> ``""`` -> which of its releases this one asks for, as a specifier of PEP 440.
"""

from __future__ import annotations

Section = dict[str, dict[str, str]]
Surface = dict[str, Section]

SECTIONS = ("names", "members", "events", "deprecated", "requires")


def empty() -> Surface:
    return {section: {} for section in SECTIONS}
