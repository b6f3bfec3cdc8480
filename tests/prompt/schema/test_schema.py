"""Schemas read from text, examples and Python types; answers checked and laid beside each other; nobody held up."""

from __future__ import annotations

import json
from typing import Any

import pytest

from playground.models.capabilities import Capabilities
from playground.prompt.check import Refused, check
from playground.prompt.conversation import Conversation, Settings
from playground.prompt.cost import PromptTokens
from playground.prompt.schema import fields, grammar, reading
from playground.prompt.schema.example import of_example
from playground.prompt.schema.judging import judge
from playground.prompt.schema.python_type import of_python
from playground.prompt.schema.reading import SchemaError, described, read
from playground.prompt.schema.samples import SAMPLES
from playground.prompt.schema.stack import limited

PERSON = """
from dataclasses import dataclass

class Mood(Enum):
    GOOD = "good"
    BAD = "bad"

@dataclass
class Person:
    '''Somebody.'''
    name: str
    age: int | None
    mood: Mood = Mood.GOOD
    friends: list["Person"] = field(default_factory=list)
    at: tuple[float, float]
    score: Annotated[int, Field(ge=0, le=10)]
    tags: dict[str, Literal["a", 2]] = {}
    def call(self) -> None: ...
"""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "Line 1, column 2 is no JSON"),
        ("[1]", "A schema is a JSON object"),
        ('{"type": "strin"}', "At type: 'strin' is not valid"),
        ('{"properties": {"a": {"required": "b"}}}', "At properties → a → required: 'b' is not of type"),
        ('{"a": 1, "a": 2}', "The key a stands twice"),
        ('{"a": NaN}', "NaN is no number"),
        ('{"$ref": "#/$defs/x"}', "$ref #/$defs/x leads nowhere"),
        ('{"$ref": "http://127.0.0.1:9/x"}', "leads nowhere within the schema"),
        ('{"$dynamicRef": "#a"}', "$dynamicRef is not read here"),
        ('{"pattern": "(?=x)"}', "look-around of patterns is not read here"),
        ('{"pattern": "("}', "can't be used: it is no regular expression"),
        ('{"a":' * 30 + "1" + "}" * 30, "nested too deeply"),
        ('{"enum": [' + "1," * 2000 + "1]}", "holds too much"),
        ('{"x": "' + "a" * 20_000 + '"}', "20,000 are the most"),
        ('{"x": ' + "9" * 5000 + "}", "a number with too many digits"),
        ("[" * 5000, "nested too deeply"),
        ('{"$ref": "#/$defs/a%20b", "$defs": {"a%20b": {}}}', "$ref #/$defs/a%20b leads nowhere"),
        ('{"properties": {"\\ud800": {}}}', "It holds half a character"),
        ('{"minimum": 1e999}', "holds what is no JSON"),
    ],
)  # fmt: skip
def test_what_is_no_schema_is_one_sentence(text: str, words: str) -> None:
    with pytest.raises(SchemaError) as caught:
        read(text)
    assert words in str(caught.value) and "\n" not in str(caught.value)


def test_a_schema_is_said_in_words() -> None:
    assert described(SAMPLES["Who answers"]) == "an object with 3 fields: name, kind, hears"
    assert (
        described(SAMPLES["Things in a picture"])
        == "a list, each an object with 2 fields: label, box_2d"
    )
    assert described({"enum": [1, 2]}) == "one of 2 values"


@pytest.mark.parametrize("name", SAMPLES)
def test_the_samples_can_be_held_to(name: str) -> None:
    assert read(json.dumps(SAMPLES[name])) == SAMPLES[name]
    assert grammar.fault(SAMPLES[name]) == ""


def test_an_example_satisfies_its_own_schema() -> None:
    text = '{"people": [{"name": "A", "age": 3}, {"name": "B", "tags": ["x", 2.5, 1, null, []]}], "n": true}'
    schema = of_example(text)
    assert judge(text, schema).valid and grammar.fault(schema) == ""
    person = schema["properties"]["people"]["items"]
    assert person["required"] == ["name"] and list(person["properties"]) == ["name", "age", "tags"]
    assert not judge('{"people": [{"age": 3}], "n": true}', schema).valid


def test_a_dataclass_becomes_a_schema() -> None:
    schema = of_python(PERSON)
    assert schema["required"] == ["name", "age", "at", "score"]
    assert schema["properties"]["friends"] == {"type": "array", "items": {"$ref": "#"}}
    assert schema["description"] == "Somebody." and schema["$defs"]["Mood"] == {
        "enum": ["good", "bad"]
    }
    assert grammar.fault(schema) == ""
    good = {
        "name": "A",
        "age": None,
        "at": [1, 2.5],
        "score": 10,
        "tags": {"x": "a"},
        "mood": "bad",
    }
    assert judge(json.dumps({**good, "friends": [good]}), schema).valid
    for wrong in ({"score": 11}, {"at": [1]}, {"mood": "so-so"}, {"tags": {"x": 3}}, {"more": 1}):
        assert not judge(json.dumps({**good, **wrong}), schema).valid


@pytest.mark.parametrize(
    ("text", "schema"),
    [
        ("list[str]", {"type": "array", "items": {"type": "string"}}),
        ("x: int | None\nT = Optional[int]", {"type": ["integer", "null"]}),
        ("class T(TypedDict, total=False):\n a: Required[int]\n b: str",
         {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "string"}},
          "required": ["a"], "additionalProperties": False}),
        ("class A(BaseModel):\n n: int = Field(..., ge=1)\nclass B(A):\n s: str = Field('x', max_length=3)",
         {"type": "object", "properties": {
            "n": {"type": "integer", "minimum": 1}, "s": {"type": "string", "maxLength": 3}},
          "required": ["n"], "additionalProperties": False}),
        ('T = TypedDict("T", {"class": str, "from": NotRequired["list[T]"]})',
         {"type": "object", "properties": {
            "class": {"type": "string"}, "from": {"type": "array", "items": {"$ref": "#"}}},
          "required": ["class"], "additionalProperties": False}),
        ("class A:\n class_: str = Field(alias='class')\n is_: Annotated[int, Field(alias='is', ge=1)]",
         {"type": "object", "properties": {
            "class": {"type": "string"}, "is": {"type": "integer", "minimum": 1}},
          "required": ["class", "is"], "additionalProperties": False}),
        ("class B(Generic[T]):\n a: int\nclass A(B[int]):\n n: ClassVar = 3\n _: KW_ONLY\n b: str",
         {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "string"}},
          "required": ["a", "b"], "additionalProperties": False}),
        ("class C(Enum):\n A = auto()\n B = 7\n C = auto()", {"enum": [1, 7, 8]}),
        ("class C(StrEnum):\n RED = auto()", {"enum": ["red"]}),
    ],
)  # fmt: skip
def test_other_types(text: str, schema: dict[str, Any]) -> None:
    read_schema = of_python(text)
    read_schema.pop("$defs", None)
    assert read_schema == schema


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "There is no type in it"),
        ("class A: pass", "Line 1: A has no fields"),
        ("class A:\n x: Foo", "Line 2: Foo is not defined here"),
        ("__import__('os').system('touch /tmp/never')", "Line 1: that is no type"),
        ("x = 3", "Line 1: that is no type"),
        ('A = list["A"]', "Line 1: that is no type"),
        ("def", "Line 1 is no Python"),
        ("(" * 5000, "no Python"),
        ("A = " + "list[" * 200 + "int" + "]" * 200, "nested"),
        ("A = Literal[f()]", "a value is wanted here"),
        ("A = list[()]", "Line 1: list takes a type here"),
        (
            "A0 = tuple[int, int]\n"
            + "".join(f"A{n + 1} = tuple[A{n}, A{n}]\n" for n in range(40)),
            "It holds too much",  # and is not read to its end, which would never come
        ),
    ],
)
def test_what_is_no_type_is_one_sentence(text: str, words: str) -> None:
    with pytest.raises(SchemaError) as caught:
        of_python(text)
    assert words in str(caught.value) and "\n" not in str(caught.value)


def test_an_answer_is_judged() -> None:
    schema = read(
        '{"type":"object","properties":{"a":{"type":"array","items":{"type":"integer"}}},"required":["a"]}'
    )
    assert judge(' {"a": [1, 2]}\n', schema).valid
    assert judge('{"a": [1, "2"]}', schema).faults == ("a[1]: '2' is not of type 'integer'.",)
    fenced = judge('Here:\n```json\n{"a": []}\n```', schema)
    assert fenced.value == {"a": []} and not fenced.valid and "fence" in fenced.faults[0]
    assert judge('```JSON\n{"a": []}\n```', schema).value == {"a": []}
    assert not judge('{"a": [', schema).whole and not judge("", schema).whole
    assert (
        judge('{"a": [NaN]}', schema).faults and judge('{"a": [' + "9" * 5000 + "]}", schema).faults
    )
    assert judge("[" * 100_000, schema).faults == ("It is nested too deeply to be read.",)
    assert judge('{"a": [], "z": "\\ud800"}', schema).value["z"] == "\N{REPLACEMENT CHARACTER}"


def test_true_is_no_number_of_a_literal() -> None:
    assert json.dumps(of_python("Literal[1, True, 1.0]")["enum"]) == "[1.0, true]"


@pytest.mark.parametrize(
    ("ref", "name"),
    [
        ("#/$defs/My%20Type", "My Type"),
        ("#/$defs/My Type", "My Type"),
        ("#/$defs/Café", "Café"),
        ("#/$defs/Caf%C3%A9", "Café"),
        ("#/$defs/a~1b", "a/b"),
        ("#/$defs/50%25", "50%"),
    ],
)
def test_a_reference_leads_where_an_address_would(ref: str, name: str) -> None:
    schema = {"$ref": ref, "$defs": {name: {"type": "string"}}}
    reading.check(schema)
    assert grammar.fault(schema) == ""
    assert judge('"x"', schema).valid and not judge("3", schema).valid


def test_a_reference_to_what_is_no_schema_breaks_nothing() -> None:
    schema = {"$ref": "#/notes", "notes": {"minimum": "three"}}
    assert judge("3", schema).faults == (
        "The schema can't be used: a $ref leads to what is no schema.",
    )


def test_a_long_list_of_all_kinds_is_told_apart_at_once() -> None:
    values: list[Any] = [[n] if n % 2 else n for n in range(40_000)]
    schema = {"uniqueItems": True}
    assert judge(json.dumps(values), schema).valid
    assert judge(json.dumps([*values, [1]]), schema).faults == ("two of its values are alike.",)
    for alike in ("[1, 1.0]", '[{"a": 1, "b": [2]}, {"b": [2], "a": 1}]', '["x", "x"]'):
        assert not judge(alike, schema).valid
    for apart in ('[1, true, "1", [1], {"1": 1}, null, false, 0]', "[[1, 2], [2, 1]]"):
        assert judge(apart, schema).valid


def test_no_answer_and_no_schema_holds_the_program_up() -> None:
    digits = "1" * 90_000
    assert not judge(json.dumps(digits), {"type": "string", "pattern": "(1+)+x"}).valid
    circle = judge("1", {"$ref": "#"})
    assert circle.faults == ("It is too intricate to be checked against the schema.",)
    steps = {f"a{n}": {"allOf": [{"$ref": f"#/$defs/a{n + 1}"}] * 2} for n in range(25)}
    many = judge("1", {"$defs": {**steps, "a25": {"type": "integer"}}, "$ref": "#/$defs/a0"})
    assert many.faults == circle.faults
    wild = judge("1", {"type": "nonsense"})
    assert wild.faults[0].startswith("The schema can't be used.")


def test_patterns_of_keys() -> None:
    schema = {"patternProperties": {"^n_": {"type": "integer"}}, "additionalProperties": False}
    assert judge('{"n_a": 1}', schema).valid
    assert judge('{"m": 1}', schema).faults == ("'m' should not be there.",)
    assert judge('{"n_a": "x"}', schema).faults == ("n_a: 'x' is not of type 'integer'.",)


def test_fields_of_several_answers_stand_beside_each_other() -> None:
    one, other = {"a": 1, "b": {"c": [1, 2]}}, {"a": 1, "z": "3", "b": {"c": [1, 3, 4]}}
    found = {field.path: (field.values, field.same) for field in fields.compare([one, other])}
    assert list(found) == ["a", "z", "b.c[0]", "b.c[1]", "b.c[2]"]
    assert found["a"] == (("1", "1"), True) and found["z"] == ((None, '"3"'), False)
    assert found["b.c[2]"] == ((None, "4"), False)
    odd = fields.compare([{"a.b": 1, "a": {"b": 2}, "": 3}, {"a.b": 1, "a": {"b": 4}, "": 3}])
    assert [(field.path, field.values) for field in odd] == [
        ('["a.b"]', ("1", "1")), ("a.b", ("2", "4")), ('[""]', ("3", "3")),
    ]  # fmt: skip
    assert fields.compare([1, 1.0])[0].same is False and fields.compare(["x", "x"])[0].same


def test_a_list_of_like_objects_is_a_table_and_all_else_a_tree() -> None:
    made = fields.table({"rows": [{"a": 1, "b": "q"}, {"a": 2}]})
    assert made is not None and made.head == ("a", "b")
    assert [[cell.value for cell in row] for row in made.rows] == [["1", '"q"'], ["2", ""]]
    assert made.rows[1][0].path == "rows[1].a"
    assert all(
        fields.table(one) is None for one in (3, [], [1], [{"a": [1]}], {"a": 1, "b": 2}, [{}])
    )
    lines = fields.tree({"a": {"b": [1, {}]}})
    assert [(line.depth, line.path, line.value) for line in lines] == [
        (0, "a", ""), (1, "a.b", ""), (2, "a.b[0]", "1"), (2, "a.b[1]", "{}"),
    ]  # fmt: skip
    deep: Any = 1
    for _ in range(900):
        deep = [deep]
    assert len(fields.tree(deep)) <= 42 and len(fields.tree(list(range(10**5)))) == fields.MOST


@pytest.mark.parametrize(
    ("schema", "here", "words"),
    [
        ({"type": "strin"}, False, "The schema can't be used. At type"),
        ({"not": {}}, True, "A model on this machine can't be held to not."),
        ({"not": {}}, False, ""),
        ({"type": "string", "format": "made-up"}, True, ""),
        ({"x-guidance": {"whitespace_pattern": " *"}, "type": "object"}, True, ""),
    ],
)
def test_a_contender_that_can_not_be_held_to_it_is_refused_beforehand(
    schema: dict[str, Any], here: bool, words: str
) -> None:
    takes = Capabilities(*[True] * 6, context=8192)
    settings, read = Settings(schema=schema), PromptTokens(text=4)
    verdict = check(Conversation.ask("x"), settings, takes, read, "E2B", here=here)
    if not words:
        assert not isinstance(verdict, Refused)
    else:
        assert isinstance(verdict, Refused) and verdict.reason.startswith(words)
        assert [mend.action for mend in verdict.mends] == ["no_schema"]


@pytest.mark.parametrize(
    ("begun", "here", "words"),
    [
        ('{"n": 1', True, ""),
        ("{\n ", True, ""),
        ("Hello", True, "The answer's beginning is not that of JSON"),
        ("  {", True, "The answer's beginning is not that of JSON"),
        ('{"n": "x', True, 'The answer\'s beginning leaves the schema behind "{\\"n\\": ".'),
        ("Hello", False, "The answer's beginning is not that of JSON"),
        ("  {\t", False, ""),
    ],
)
def test_an_answer_that_is_begun_begins_as_its_schema_has_it(
    begun: str, here: bool, words: str
) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    takes = Capabilities(*[True] * 6, context=8192, goes_on="thought")
    settings = Settings(schema=schema, begun=begun)
    verdict = check(Conversation.ask("x"), settings, takes, PromptTokens(text=4), "E2B", here=here)
    if not words:
        assert not isinstance(verdict, Refused)
    else:
        assert isinstance(verdict, Refused) and verdict.reason.startswith(words)
        assert [mend.action for mend in verdict.mends] == ["no_beginning", "no_schema"]


def test_a_stack_that_ends_inside_the_checkers_maps_is_an_error_like_any_other() -> None:
    panic = type("PanicException", (BaseException,), {"__module__": "pyo3_runtime"})
    with pytest.raises(RecursionError), limited():
        raise panic
    with pytest.raises(KeyboardInterrupt), limited():
        raise KeyboardInterrupt
