/// Chat templates: the part of Jinja that Hugging Face's models write their conversations with.
///
/// ```java
/// Template template = Template.of("{% for m in messages %}<|{{ m.role }}|>{{ m.content | trim }}\n{% endfor %}");
/// template.render(Map.of("messages", List.of(Map.of("role", "user", "content", " Hello "))));   // <|user|>Hello
/// ```
///
/// A template is cut into [tokens][org.teenygrad.models.jinja.Lexer], read into [statements][org.teenygrad.models.jinja.Statement]
/// and [expressions][org.teenygrad.models.jinja.Expression], and run by an [evaluator][org.teenygrad.models.jinja.Evaluator]. It
/// sees nothing but the variables that it is given, changes none of them, and has a limit of steps and of text: a model's folder
/// may be anybody's.
@NullMarked
package org.teenygrad.models.jinja;

import org.jspecify.annotations.NullMarked;
