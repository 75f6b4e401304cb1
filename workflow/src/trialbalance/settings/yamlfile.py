"""Read a YAML file strictly: each key once, and the line of every key is known."""

import re
from pathlib import Path
from typing import Any

import yaml

from trialbalance.contracts.problems import Finding, Problems

_RESOLVERS = {
    first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class _Loader(yaml.SafeLoader):
    """Safe loader in which dates stay text, as the user wrote them."""

    yaml_implicit_resolvers = _RESOLVERS


class _FastLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """The same, many times as fast where PyYAML comes with its parser in C."""

    yaml_implicit_resolvers = _RESOLVERS


# A study says the same thing twice now and then, and nests five levels deep.
MOST_ALIASES = 10
MOST_LEVELS = 30
_OPENS = (
    yaml.BlockMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.FlowSequenceStartToken,
)
# Half of a sign, which no text in UTF-8 can hold: only an escape such as "\ud800" gives one.
_HALF = re.compile("[\ud800-\udfff]")
_ENDS = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)


def _composed(text: str, path: Path) -> yaml.Node:
    """Return the nodes of a text; what the fast parser does not take, the other one says why."""
    # The two differ in two things (held by a test), in which the stricter one decides.
    if "\t" not in text:
        try:
            if _refuse_unbounded(text, path, _FastLoader):
                return yaml.compose(text, Loader=_FastLoader)
        except (yaml.YAMLError, ValueError):
            pass
    _refuse_unbounded(text, path, _Loader)
    return yaml.compose(text, Loader=_Loader)


def _refuse_unbounded(text: str, path: Path, loader: type) -> bool:
    """Stop before a text is built whose aliases or levels would fill the memory.

    Returns whether no bare value within brackets holds a question mark.
    """
    aliases = level = flow = 0
    plain = True
    anchored: list[tuple[str, int]] = []
    for token in yaml.scan(text, Loader=loader):
        level += isinstance(token, _OPENS) - isinstance(token, _ENDS)
        flow += isinstance(token, _OPENS[2:]) - isinstance(token, _ENDS[1:])
        if flow and isinstance(token, yaml.ScalarToken) and token.plain and "?" in token.value:
            plain = False
        aliases += isinstance(token, yaml.AliasToken)
        anchored = [(name, at) for name, at in anchored if level >= at]
        itself = isinstance(token, yaml.AliasToken) and token.value in dict(anchored)
        if isinstance(token, yaml.AnchorToken):
            anchored.append((token.value, level + 1))
        line = token.start_mark.line + 1
        if itself:
            found, allowed = f"*{token.value} within what it stands for", "a name of something else"
        elif aliases > MOST_ALIASES:
            found, allowed = f"more than {MOST_ALIASES} aliases (*name)", f"at most {MOST_ALIASES}"
        elif level > MOST_LEVELS:
            found, allowed = f"more than {MOST_LEVELS} levels", f"at most {MOST_LEVELS}"
        else:
            continue
        raise Problems([Finding(str(path), line, None, found, allowed, "write it out")])
    return plain


def read_yaml(path: Path) -> tuple[dict[str, Any], dict[str, int]]:
    """Return the content of a YAML file and the line of each dotted key.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    tuple of dict
        Content; and dotted key -> line (first line is 1).

    Raises
    ------
    Problems
        File missing, not UTF-8, not YAML, a key twice, or not a mapping.
    """
    node, text = _opened(path)
    lines: dict[str, int] = {}
    twice = _walk(node, "", lines, str(path))
    if twice:
        raise Problems(twice)
    loader = _Loader(text)
    try:
        return loader.construct_document(node), lines
    except yaml.YAMLError as error:
        raise Problems(
            [Finding(str(path), found=str(error).splitlines()[0], allowed="plain YAML")]
        ) from None
    finally:
        loader.dispose()


def _opened(path: Path) -> tuple[yaml.MappingNode, str]:
    """Return the settings of a file as nodes, and its text; or say why there are none."""
    line = allowed = None
    try:
        text = path.read_bytes().decode("utf-8-sig")
        node = _composed(text, path)
    except FileNotFoundError:
        found, remedy = "no such file", "check the path"
    except UnicodeDecodeError:
        found, allowed, remedy = "bytes that are not UTF-8", "a YAML text in UTF-8", None
    except OSError as error:
        found, remedy = error.strerror, "give a readable file"
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        found = getattr(error, "problem", None) or "text that is not YAML"
        allowed, remedy = "YAML", "look at this line and the one above"
    else:
        if isinstance(node, yaml.MappingNode):
            return node, text
        found, allowed, remedy = "no settings", "sections such as study:", None
    raise Problems([Finding(str(path), line, None, found, allowed, remedy)])


def _walk(node: yaml.Node, prefix: str, lines: dict[str, int], file: str) -> list[Finding]:
    """Note the line of every key below a node; return keys that stand twice and half signs."""
    found: list[Finding] = []
    if isinstance(node, yaml.ScalarNode) and (half := _HALF.search(node.value)):
        what, allowed = f"half of a sign (\\u{ord(half[0]):04x})", "signs of Unicode"
        line = node.start_mark.line + 1
        found.append(Finding(file, line, prefix.strip("."), what, allowed, "write the sign itself"))
    if isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            found += _walk(item, f"{prefix}{position}.", lines, file)
    if not isinstance(node, yaml.MappingNode):
        return found
    here: set[str] = set()
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            line, found_key = key.start_mark.line + 1, "a list or map as the name of a setting"
            found.append(Finding(file, line, prefix.strip("."), found_key, "a word", "name it"))
            continue
        found += _walk(key, prefix, lines, file)
        dotted = f"{prefix}{key.value}"
        line = key.start_mark.line + 1
        if key.value in here:
            found.append(
                Finding(
                    file,
                    line,
                    dotted,
                    f"the key twice (first on line {lines[dotted]})",
                    "each key once",
                    "remove one of the two",
                )
            )
        here.add(key.value)
        lines.setdefault(dotted, line)
        found += _walk(value, f"{dotted}.", lines, file)
    return found
