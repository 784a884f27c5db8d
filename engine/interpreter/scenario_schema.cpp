// SPDX-License-Identifier: MIT
#include "engine/interpreter/scenario_schema.h"

#include "engine/interpreter/loader_tables.h"
#include "engine/interpreter/step_kind.h"

#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace asyncrun {
namespace {

using Json = nlohmann::ordered_json;

Json reference(std::string_view definition) { return {{"$ref", "#/definitions/" + std::string(definition)}}; }
Json one_or_array(const Json& item) {
    return {{"anyOf", Json::array({item, Json{{"type", "array"}, {"items", item}}})}};
}
Json string() { return {{"type", "string"}}; }

Json words_schema(const std::vector<std::string_view>& words) {
    return words.empty() ? string() : Json{{"type", "string"}, {"enum", words}};
}

/// Draft-07 ignores what stands beside `$ref`, so a described reference is wrapped.
Json described(Json schema, std::string_view doc) {
    if (doc.empty()) return schema;
    if (schema.contains("$ref")) schema = Json{{"allOf", Json::array({std::move(schema)})}};
    Json out{{"description", doc}};
    out.update(schema);
    return out;
}

Json object_schema(std::string_view doc) {
    Json out{{"type", "object"}};
    if (!doc.empty()) out["description"] = doc;
    out["properties"] = Json::object();
    out["additionalProperties"] = false;
    return out;
}

// ---- steps ----

Json operand_schema(const KeySpec& key) {
    switch (key.operand) {
        case Operand::expression: return reference("expression");
        case Operand::text: return string();
        case Operand::word: return words_schema(key.words);
        case Operand::names: return one_or_array(string());
        case Operand::binding: return reference("name");
        case Operand::bindings:
        case Operand::scoped: return one_or_array(reference("name"));
        case Operand::variable: return string();
        case Operand::assignments:
            return {
                {"type", "object"}, {"minProperties", 1}, {"additionalProperties", reference("expression")}};
        case Operand::call: return reference("expression");
        case Operand::calls: return one_or_array(string());
        case Operand::block: return reference("steps");
        case Operand::handlers: return {{"type", "array"}, {"items", reference("handler")}};
        case Operand::nothing: break;
        case Operand::flag: return {{"type", "boolean"}};
    }
    return Json::object();
}

/// Null when the verb stands as a bare string only.
Json verb_schema(const StepKind& kind) {
    const KeySpec* const operand = kind.key(kind.name);
    if (!operand || operand->operand == Operand::nothing) return nullptr;
    Json out = object_schema(kind.doc);
    // A step is known by its verb, also where the operand may be left out by writing the bare word.
    Json required = Json::array({kind.name});
    for (const KeySpec& key : kind.keys) {
        out["properties"][std::string(key.name)] = described(operand_schema(key), key.doc);
        if (key.required && key.name != kind.name) required.push_back(key.name);
    }
    out["required"] = std::move(required);
    return out;
}

Json handler_schema() {
    Json out = object_schema("What happens after some errors.");
    out["properties"] = {{"except", described(one_or_array(string()), "the classes that `do` handles")},
                         {"as", described(reference("name"), "the variable for the error")},
                         {"do", described(reference("steps"), "the steps that handle it")}};
    out["required"] = {"except"};
    return out;
}

void add_steps(Json& definitions) {
    Json alternatives = Json::array();
    Json bare{{"description", "A verb without an operand."}, {"type", "string"}, {"enum", Json::array()}};
    for (const StepKind* kind : step_kinds()) {
        if (kind->bare) bare["enum"].push_back(kind->name);
        Json verb = verb_schema(*kind);
        if (verb.is_null()) continue;
        const std::string name = "step_" + std::string(kind->name);
        definitions[name] = std::move(verb);
        alternatives.push_back(reference(name));
    }
    if (!bare["enum"].empty()) alternatives.push_back(std::move(bare));
    definitions["step"] = {{"description", "One verb with its modifiers."},
                           {"anyOf", std::move(alternatives)}};
    definitions["steps"] = {{"type", "array"}, {"items", reference("step")}};
    definitions["handler"] = handler_schema();
}

// ---- tables ----

Json key_schema(const TableKey& key) {
    switch (key.form) {
        case KeyForm::text: return string();
        case KeyForm::word: return words_schema(key.words);
        case KeyForm::integer: return {{"type", {"integer", "string"}}};
        case KeyForm::seconds: return {{"type", {"number", "string"}}};
        case KeyForm::flag: return {{"type", "boolean"}};
        case KeyForm::names: return {{"type", "array"}, {"items", reference("name")}};
        case KeyForm::steps: return reference("steps");
    }
    return Json::object();
}

Json keys_schema(std::span<const TableKey> keys, std::string_view doc) {
    Json out = object_schema(doc);
    Json required = Json::array();
    for (const TableKey& key : keys) {
        if (key.not_run) continue;
        out["properties"][std::string(key.name)] = described(key_schema(key), key.doc);
        if (key.required) required.push_back(key.name);
    }
    if (!required.empty()) out["required"] = std::move(required);
    return out;
}

Json table_schema(const TableSpec& table) {
    Json out{{"description", table.doc}};
    if (table.use == TableSpec::Use::judges) {
        out["type"] = table.name == "expect" ? Json{"object", "array"} : Json("object");
        return out;
    }
    if (table.shape == TableSpec::Shape::single) return keys_schema(table.keys, table.doc);
    out["type"] = "object";
    out["propertyNames"] = reference("name");
    if (table.shape == TableSpec::Shape::named) {
        out["additionalProperties"] = keys_schema(table.keys, table.doc);
    } else if (table.name == "params") {
        out["additionalProperties"] = {{"type", {"number", "boolean", "string"}}};
    } else {
        out["additionalProperties"] = reference("expression");
    }
    return out;
}

}  // namespace

std::string scenario_schema() {
    Json schema{{"$schema", "http://json-schema.org/draft-07/schema#"},
                {"title", "asyncrun scenario"},
                {"description", "What runs on an event loop, in asyncio's words."}};
    schema.update(keys_schema(top_level_keys(), ""));
    for (const TableSpec& table : table_specs()) {
        if (table.use == TableSpec::Use::not_run) continue;
        schema["properties"][std::string(table.name)] = table_schema(table);
    }
    // A seed is a number as it is: it is read before there are params.
    schema["properties"]["seed"]["type"] = "integer";
    Json& definitions = schema["definitions"];
    definitions["expression"] = {
        {"description", "A number, a boolean, an array of those, or a string with an expression."},
        {"type", {"number", "boolean", "string", "array"}},
        {"items", reference("expression")}};
    definitions["name"] = {{"type", "string"}, {"pattern", "^[A-Za-z_][A-Za-z0-9_]*$"}};
    add_steps(definitions);
    return schema.dump(2) + "\n";
}

}  // namespace asyncrun
