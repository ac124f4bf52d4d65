"""Reads C++ just far enough for the tidy rules: what is code and what is comment or literal, and where functions begin and end."""

import re

LITERAL = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'", re.DOTALL)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
SCOPE = re.compile(r"\b(?:namespace|class|struct|union|enum)\b(?![^{]*\))|\bextern\s*$")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)


def blank(match):
    """White space of the same shape, so that line numbers stay true."""
    return re.sub(r"[^\n]", " ", match.group())


def code_only(text):
    """The text without comments, literals and preprocessor lines."""
    return DIRECTIVE.sub(blank, LITERAL.sub(blank, text))


def includes(text):
    """(line, name, is_system) of every include."""
    return [(text.count("\n", 0, m.start()) + 1, m.group(2), m.group(1) == "<") for m in INCLUDE.finditer(text)]


def functions(text):
    """(first line, last line) of every function body with its signature, lambdas inside counted with their function.

    A brace at namespace or class level opens a function if what stands before it has parentheses and no open scope word;
    the braces of a constructor's initialiser list each count as a piece of it, its body being the last."""
    code = code_only(text)
    found, scopes, depth, header = [], [], 0, 0  # scopes: kinds of the open braces outside functions
    begin = None
    for at, letter in ((m.start(), m.group()) for m in re.finditer(r"[{};]", code)):
        if depth:
            depth += (letter == "{") - (letter == "}")
            if depth == 0:
                if begin is not None:
                    found.append((code.count("\n", 0, begin) + 1, code.count("\n", 0, at) + 1))
                header = at + 1
            continue
        before = code[header:at]
        if letter == "{":
            if SCOPE.search(before) and "(" not in SCOPE.sub("", before).split(")")[-1]:
                scopes.append(at)
            else:
                is_function = "(" in before or not before.strip()
                begin = header + len(before) - len(before.lstrip()) if is_function else None
                depth = 1
        elif letter == "}" and scopes:
            scopes.pop()
        header = at + 1
    return found


WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def words(identifier):
    """The words of a snake_case or PascalCase name, in small letters."""
    return [w.lower() for w in WORD.findall(identifier)]


def identifiers(text):
    """(line, identifier) of every name in the code."""
    for number, line in enumerate(code_only(text).split("\n"), 1):
        for name in re.findall(r"[A-Za-z_]\w*", line):
            yield number, name
