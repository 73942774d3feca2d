"""Writes jinja-golden.jsonl: templates, what they are filled with, and what Jinja 3.1 makes of them, set up as transformers has it.

python jinja-golden.py > jinja-golden.jsonl
"""
import json

from jinja2.ext import loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

CHATML = """{%- for message in messages %}
    {%- if loop.first and message.role != 'system' %}
        {{- '<|im_start|>system\\nBe brief.<|im_end|>\\n' }}
    {%- endif %}
    {{- '<|im_start|>' + message.role + '\\n' + message.content | trim + '<|im_end|>\\n' }}
{%- endfor %}
{%- if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}
"""
CHATML_TOOLS = """{%- macro call(name, arguments, indent=none) -%}
<tool_call>
{{ {'name': name, 'arguments': arguments} | tojson(indent=indent) }}
</tool_call>
{%- endmacro %}
{%- if tools %}
    {{- '<|im_start|>system\\n' }}
    {%- for tool in tools %}{{ tool | tojson }}{{ '\\n' }}{% endfor %}
    {{- '<|im_end|>\\n' }}
{%- endif %}
{%- set ns = namespace(last=messages|length - 1, seen=false) %}
{%- for message in messages[::-1] %}
    {%- set index = messages|length - 1 - loop.index0 %}
    {%- if not ns.seen and message.role == 'user' and not (message.content is string and message.content.startswith('<tool_response>')) %}
        {%- set ns.last = index %}
        {%- set ns.seen = true %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- set content = message.content if message.content is string else '' %}
    {%- if message.role == 'assistant' %}
        {%- set thought = '' %}
        {%- if message.reasoning is defined and message.reasoning is not none %}
            {%- set thought = message.reasoning %}
        {%- elif '</think>' in content %}
            {%- set thought = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
            {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
        {%- endif %}
        {{- '<|im_start|>assistant\\n' }}
        {%- if loop.index0 > ns.last and thought %}{{ '<think>' ~ thought ~ '</think>' }}{% endif %}
        {{- content }}
        {%- for tool_call in message.tool_calls or [] %}
            {%- if tool_call.function is defined %}{% set tool_call = tool_call.function %}{% endif %}
            {{- '\\n' if content or not loop.first }}{{ call(tool_call.name, tool_call.arguments) }}
        {%- endfor %}
        {{- '<|im_end|>\\n' }}
    {%- elif message.role == 'tool' %}
        {%- if loop.first or messages[loop.index0 - 1].role != 'tool' %}{{ '<|im_start|>user' }}{% endif %}
        {{- '\\n<tool_response>\\n' ~ content ~ '\\n</tool_response>' }}
        {%- if loop.last or messages[loop.index0 + 1].role != 'tool' %}{{ '<|im_end|>\\n' }}{% endif %}
    {%- else %}
        {{- '<|im_start|>' ~ message.role ~ '\\n' ~ content ~ '<|im_end|>\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}{{ '<think>\\n\\n</think>\\n\\n' }}{% endif %}
{%- endif %}
"""
HEADERS = """{{- bos_token }}
{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system_message = "" %}
{%- endif %}
{{- "<|start_header_id|>system<|end_header_id|>\\n\\n" + system_message + "<|eot_id|>" }}
{%- for message in messages %}
    {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim + '<|eot_id|>' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}
"""
INST = """{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set system_message = messages[0]['content'] %}{% else %}{% set loop_messages = messages %}{% set system_message = false %}{% endif %}
{% for message in loop_messages %}
{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}
{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}
{% endif %}
{% if loop.index0 == 0 and system_message != false %}
{% set content = '<<SYS>>\\n' + system_message + '\\n<</SYS>>\\n\\n' + message['content'] %}
{% else %}
{% set content = message['content'] %}
{% endif %}
{% if message['role'] == 'user' %}
{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}
{%- elif message['role'] == 'assistant' %}
{{ ' '  + content.strip() + ' ' + eos_token }}
{%- endif %}
{% endfor %}
"""
TURNS = """{{ bos_token }}
{%- if messages[0]['role'] == 'system' -%}
    {%- set prefix = (messages[0]['content'] if messages[0]['content'] is string else messages[0]['content'][0]['text']) + '\\n\\n' -%}
    {%- set loop_messages = messages[1:] -%}
{%- else -%}
    {%- set prefix = "" -%}
    {%- set loop_messages = messages -%}
{%- endif -%}
{%- for message in loop_messages -%}
    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}
        {{ raise_exception("roles must alternate") }}
    {%- endif -%}
    {%- set role = "model" if message['role'] == 'assistant' else message['role'] -%}
    {{ '<start_of_turn>' + role + '\\n' + (prefix if loop.first else "") }}
    {%- if message['content'] is string -%}
        {{ message['content'] | trim }}
    {%- elif message['content'] is iterable -%}
        {%- for item in message['content'] -%}
            {%- if item['type'] == 'text' -%}{{ item['text'] | trim }}{%- else -%}<{{ item.type }}>{%- endif -%}
        {%- endfor -%}
    {%- else -%}
        {{ raise_exception("no such content") }}
    {%- endif -%}
    {{ '<end_of_turn>\\n' }}
{%- endfor -%}
{%- if add_generation_prompt -%}
    {{'<start_of_turn>model\\n'}}
{%- endif -%}
"""
MISTRAL = """{%- if messages[0]["role"] == "system" %}
    {%- set system_message = messages[0]["content"] %}
    {%- set loop_messages = messages[1:] %}
{%- else %}
    {%- set loop_messages = messages %}
{%- endif %}
{%- set user_messages = loop_messages | selectattr("role", "equalto", "user") | list %}
{#- The roles must alternate; tools do not count. #}
{%- set ns = namespace() %}
{%- set ns.index = 0 %}
{%- for message in loop_messages %}
    {%- if not (message.role == "tool" or message.role == "tool_results" or (message.tool_calls is defined and message.tool_calls is not none)) %}
        {%- if (message["role"] == "user") != (ns.index % 2 == 0) %}
            {{- raise_exception("After the optional system message, conversation roles must alternate user/assistant/user/assistant/...") }}
        {%- endif %}
        {%- set ns.index = ns.index + 1 %}
    {%- endif %}
{%- endfor %}
{{- bos_token }}
{%- for message in loop_messages %}
    {%- if message["role"] == "user" %}
        {%- if tools is defined and tools is not none and (message == user_messages[-1]) %}
            {{- "[AVAILABLE_TOOLS] [" }}
            {%- for tool in tools %}
                {%- set tool = tool.function %}
                {{- '{"type": "function", "function": {' }}
                {%- for key, val in tool.items() if key != "return" %}
                    {%- if val is string %}
                        {{- '"' + key + '": "' + val + '"' }}
                    {%- else %}
                        {{- '"' + key + '": ' + val|tojson }}
                    {%- endif %}
                    {%- if not loop.last %}
                        {{- ", " }}
                    {%- endif %}
                {%- endfor %}
                {{- "}}" }}
                {%- if not loop.last %}{{- ", " }}{%- else %}{{- "]" }}{%- endif %}
            {%- endfor %}
            {{- "[/AVAILABLE_TOOLS]" }}
        {%- endif %}
        {%- if loop.last and system_message is defined %}
            {{- "[INST] " + system_message + "\\n\\n" + message["content"] + "[/INST]" }}
        {%- else %}
            {{- "[INST] " + message["content"] + "[/INST]" }}
        {%- endif %}
    {%- elif message["role"] == "assistant" %}
        {{- " " + message["content"]|trim + eos_token}}
    {%- endif %}
{%- endfor %}
"""

SYSTEM = {"role": "system", "content": " You are a poet.\n"}
USER = {"role": "user", "content": "  Was ist 9 + 3? \"<&>\" é 日本 😀\n"}
ANSWER = {"role": "assistant", "content": "<think>\nnine, ten\n</think>\n\nIt is 12."}
AGAIN = {"role": "user", "content": "Sure?"}
TOOL = {"type": "function", "function": {"name": "weather", "description": "The weather's \"state\"\n.", "return": 1,
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 1, "x": [1.5, 1e-7, 1e22, None, True, []]}}}}}
CALL = {"role": "assistant", "content": None, "tool_calls": [{"type": "function", "function": {"name": "weather", "arguments": {"city": "Köln", "days": 2}}},
        {"name": "weather", "arguments": {"city": "Rom"}}]}
RESULT = {"role": "tool", "content": "{\"sun\": true}"}
PARTS = {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": " What is this? "}]}

CONVERSATIONS = [[USER], [SYSTEM, USER], [USER, ANSWER, AGAIN], [SYSTEM, USER, ANSWER, AGAIN], [USER, CALL, RESULT, RESULT, ANSWER], [PARTS], [ANSWER, USER]]

EXPRESSIONS = """1 + 2 * 3 - 4 // 3|7 / 2|-7 // 2|-7 % 3|2 ** 10|7 % 2.5|1 ~ 'a' ~ none ~ true|'a' * 3|[1] * 2 + [2]|not false and 1 or 2|0 or '' or 'x'
|1 < 2 <= 2 != 3|'b' in 'abc'|'x' not in words|2 in [1, 2.0]|'a' in d|d.a|d['b']|d.missing is defined|d.items() | list | tojson|d.get('zz', 5)|d.get('zz')|words[0]|words[-1]|words[9] is undefined
|words[1:]|words[::-1]|words[:-1]|words[-2:5:2]|'hello'[1:3]|'héllo'[-1]|'😀ab'|length|'😀ab'[0]|'😀ab'[::-1]|words | join(', ')|words | join|words|first|words|last|[] | first
|words | length|' x ' | trim ~ '.'|'..x.' | trim('.')|'Abc dEf' | upper|'Abc' | lower|'abc dEF' | title|'abc dEF' | capitalize|'a-b-c' | replace('-', '+')|'a-b-c' | replace('-', '+', 1)
|missing | default('d')|'' | default('d')|'' | default('d', true)|none | d('x')|d | tojson|d | tojson(indent=2)|[] | tojson(indent=1)|'a/"\\n<é>' | tojson|1.0 | tojson|1e16 | tojson|0.00001 | tojson|12345.678 | tojson
|1.5 | string|1e100 | string|3 | string ~ 4|'12' | int + 1|'x' | int|'x' | int(7)|3.7 | int|'1.5' | float|-3 | abs|2.5 | round|2.567 | round(2)|[3, 1, 2] | sort|words | sort(reverse=true)|[3, 1, 2] | max
|[1, 2, 3] | sum|people | map(attribute='name') | list|people | map(attribute='age.x', default='?') | join(',')|words | map('upper') | list|people | selectattr('age', 'gt', 30) | map(attribute='name') | join
|people | rejectattr('age', 'equalto', 31) | list | length|people | selectattr('nick') | list|people | selectattr('nick', 'defined') | map(attribute='nick') | first|[0, 1, '', 'a'] | select | list|[1, 2, 3, 4] | reject('odd') | list
|[1, 2, 1, 3] | unique | list|d | dictsort | tojson|d | items | list | tojson|d | list|'abc' | list|'abc' | reverse|[1, 2] | reverse | list|{'a': 1, 'b': [true, none, 'x', 1.5]}|['it\\'s', "q\\"q", 'new\\nline']|() | list|(1, 2) | list|(1,) | list
|'a,b,,c'.split(',')|' a  b '.split()|' a  b c '.split(none, 1)|'a-b-c'.split('-', 1)|'a-b-c'.rsplit('-', 1)|'xxaxx'.strip('x')|'xxaxx'.lstrip('x')|'xxaxx'.rstrip('x')|'\\u00a0 a\\t'.strip()|'abc'.startswith('ab')|'abc'.endswith(('x', 'c'))
|'abc'.find('c')|'abcabc'.count('b')|'-'.join(words)|'x'.replace('x', 'yy')|'a\\nb'.splitlines()|'abc'.upper()|'12'.isdigit()|1 is number|true is number|'x' is string|d is mapping|words is iterable|words is sequence|words is string|3 is odd|4 is divisibleby 2
|4 is divisibleby(3)|1 is sameas 1|1 is eq 1.0|none is none|missing is none|true is true|1 is true|true is boolean|1 is integer|1.0 is float|1 is in [1, 2]|not missing is defined|missing is not defined|missing|missing ~ 'x'
|range(3) | list|range(1, 10, 3) | list|range(3, 0, -1) | list|dict(a=1, b='x')|namespace(a=1).a|'yes' if words else 'no'|'yes' if missing|('no' if missing) ~ '!'|true|none|1.0|100000000000000000.0|0.1 + 0.2|1 == 1.0|true == 1|'1' == 1|[1, [2]] == [1, [2]]|d == d
|'a' 'b'|'tab\\there'|"\\x41\\u00e9"|'\\q'|words.index('c')|[1, 1, 2].count(1)|'a' < 'b'|[1, 2] | length > 1|- 1 | abs|3 - 1 | abs|('a' ~ 1) | upper|'%s' ~ 1|loop is defined|'A\\nB\\n\\nC' | indent(2)|'A\\nB' | indent(2, true)|'ab'.removeprefix('a')|strftime_now is defined"""

SNIPPETS = """{% for a, b in d.items() %}{{ loop.index }}{{ a }}={{ b }}{% if not loop.last %};{% endif %}{% endfor %}
{% for w in words if w != 'b' %}{{ loop.index0 }}{{ w }}{{ loop.length }}{{ loop.revindex }}{% else %}none{% endfor %}
{% for w in missing %}x{% else %}none{% endfor %}
{% for w in words %}{% if w == 'b' %}{% continue %}{% endif %}{{ w }}{% if loop.index == 3 %}{% break %}{% endif %}{% endfor %}
{% for w in words %}{{ loop.previtem }}<{{ w }}>{{ loop.nextitem }} {{ loop.cycle('odd', 'even') }} {% endfor %}
{% set x = 1 %}{% for w in words %}{% set x = x + 1 %}{{ x }}{% endfor %}{{ x }}
{% set x = 1 %}{% if true %}{% set x = 2 %}{% endif %}{{ x }}
{% set a, b = 1, 'z' %}{{ b }}{{ a }}
{% set t %} <b>{{ words[0] }} {% endset %}{{ t | trim }}|{{ t }}|
{% macro m(a, b='B', c=none) %}[{{ a }}{{ b }}{{ c }}]{% endmacro %}{{ m(1) }}{{ m(1, c=3) }}{{ m('x', 'y', 'z') | lower }}{{ m() }}
{% macro f(n) %}{{ n }}{% if n > 0 %}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(3) }}
{% for p in people recursive_not_a_tag %}{% endfor %}
{% set ns = namespace(n=0) %}{% for w in words %}{% set ns.n = ns.n + loop.index %}{% endfor %}{{ ns.n }}
a {#- comment -#} b {# c #} d
{% generation %}{{ words[0] }}{% endgeneration %}
{% for x in 'ab' %}{% for y in [1, 2] %}{{ x }}{{ y }}{{ loop.index }}{% endfor %}{{ loop.index }}{% endfor %}
{{ '{{' }} {{ '%}' }} {{ {'a': {'b': 1}}['a'] }} {{ {'a': {'b': 1}}.a.b }}
{{ missing.x }}
{{ 1 + 'a' }}
{{ missing + 1 }}
{% for x in 5 %}{% endfor %}
{% set x.y = 1 %}
{{ raise_exception('no') }}
{{ words | nonsense }}
{{ words is nonsense }}
{{ nonsense() }}
{{ words.append('x') }}
{{ d.update({'a': 1}) }}
{% if %}{% endif %}
{% for x in words %}
{{ 'open }}
{{ ''.__class__ }}
{% endif %}
{{ 1 / 0 }}
{{ range(99999999) }}"""

BLOCKS = ["a\n{% if true %}\nb\n{% endif %}\nc\n", "a\n   {% if true %}   \n  b\n   {%- endif %}  \n c", "x {%+ if true %}y{% endif +%}\nz", "  {% if true %}a{% endif %}  {% if true %}b{% endif %}\n",
          "a\r\nb{% if true %}\r\nc{% endif %}", "{{ 1 }}\n\n{{ 2 -}}\n\n 3 {{- 4 }}\n", "{# c #}\n  {# d #}\nx\n\n", "{% set x = 1 -%}\n   {{ x }}", "a{% if true -%}  \n b {%- else %} c {% endif -%} \n d", "\n", "{% for i in [1,2] -%}\n  {{ i }}\n{%- endfor %}\n"]

VARIABLES = {"words": ["a", "b", "c"], "d": {"a": 1, "b": "x", "c": None}, "people": [{"name": "Ada", "age": 36, "nick": "A"}, {"name": "Bob", "age": 31}]}


def environment():
    def raise_exception(message):
        raise ValueError(message)

    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    from jinja2 import nodes
    from jinja2.ext import Extension

    class Generation(Extension):
        tags = {"generation"}

        def parse(self, parser):
            line = next(parser.stream).lineno
            return nodes.Scope(parser.parse_statements(["name:endgeneration"], drop_needle=True), lineno=line)

    env = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols])
    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    env.globals["strftime_now"] = lambda format: ""
    return env


def case(template, variables):
    try:
        answer = environment().from_string(template).render(**variables)
    except Exception:
        answer = None
    print(json.dumps({"template": template, "variables": variables, "answer": answer}, ensure_ascii=False))


def main():
    for template in (CHATML, CHATML_TOOLS, HEADERS, INST, TURNS, MISTRAL):
        for messages in CONVERSATIONS:
            tools = [TOOL, TOOL] if any("tool_calls" in m for m in messages) else None
            variables = {"messages": messages, "tools": tools, "bos_token": "<s>", "eos_token": "</s>", "add_generation_prompt": messages[-1]["role"] != "assistant"}
            case(template, variables)
    case(CHATML_TOOLS, {"messages": [USER], "add_generation_prompt": True, "enable_thinking": False})
    for expression in EXPRESSIONS.replace("\n|", "\n").split("\n"):
        for each in split(expression):
            case("{{ " + each + " }}", VARIABLES)
    for snippet in SNIPPETS.split("\n"):
        case(snippet, VARIABLES)
    for block in BLOCKS:
        case(block, VARIABLES)


def split(line):
    """Bars without spaces around them stand between expressions."""
    import re
    return re.split(r"(?<! )\|(?! )", line)


main()
