// What a user of OpenAI's client does, against the server whose address is the argument. Prints what came, as JSON.
import OpenAI from "openai";

const openai = new OpenAI({ baseURL: process.argv[2], apiKey: "none", maxRetries: 0 });
const model = (await openai.models.list()).data[0].id;
const messages = [{ role: "user", content: "?" }];
const result = { model };

const whole = await openai.chat.completions.create({ model, messages });
result.content = whole.choices[0].message.content;
result.usage = whole.usage.total_tokens;

result.pieces = [];
for await (const chunk of await openai.chat.completions.create({ model, messages, stream: true, stream_options: { include_usage: true } })) {
  const piece = chunk.choices[0]?.delta?.content;
  if (piece) result.pieces.push(piece);
  if (chunk.usage) result.streamedUsage = chunk.usage.total_tokens;
}

const tools = [{
  type: "function",
  function: { name: "calculate", parameters: { type: "object", properties: { expression: { type: "string" } } } },
}];
const call = await openai.chat.completions.create({ model, messages, tools });
result.finishReason = call.choices[0].finish_reason;
result.arguments = call.choices[0].message.tool_calls[0].function.arguments;
const answer = { role: "tool", tool_call_id: call.choices[0].message.tool_calls[0].id, content: "12" };
result.answered = (await openai.chat.completions.create({ model, messages: [...messages, call.choices[0].message, answer], tools })).choices[0].message.content;

result.text = (await openai.completions.create({ model, prompt: "b", max_tokens: 1, logprobs: 1 })).choices[0].logprobs.tokens.length;
result.embedding = (await openai.embeddings.create({ model, input: ["ab", "c"] })).data.map((each) => each.embedding.length);

try {
  await openai.chat.completions.create({ model: "another", messages });
} catch (e) {
  result.error = [e.constructor.name, e.status, e.code];
}
console.log(JSON.stringify(result));
