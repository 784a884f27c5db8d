// SPDX-License-Identifier: MIT
#include "engine/interpreter/scenario_schema.h"

#include "engine/interpreter/loader_tables.h"
#include "engine/interpreter/step_kind.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace asyncrun {
namespace {

using Json = nlohmann::json;

const Json& schema() {
    static const Json parsed = Json::parse(scenario_schema());
    return parsed;
}

/// Every `$ref` in the schema.
void collect_references(const Json& node, std::vector<std::string>& out) {
    if (node.is_object() && node.contains("$ref")) out.push_back(node["$ref"]);
    if (node.is_structured()) {
        for (const Json& child : node) collect_references(child, out);
    }
}

TEST(ScenarioSchema, IsOfDraft7AndRefusesUnknownTables) {
    EXPECT_EQ(schema()["$schema"], "http://json-schema.org/draft-07/schema#");
    EXPECT_EQ(schema()["additionalProperties"], false);
    EXPECT_EQ(scenario_schema().back(), '\n');
}

TEST(ScenarioSchema, DescribesEveryVerbWithItsKeys) {
    for (const StepKind* kind : step_kinds()) {
        SCOPED_TRACE(std::string(kind->name));
        const KeySpec* const operand = kind->key(kind->name);
        if (!operand || operand->operand == Operand::nothing) continue;
        const Json& verb = schema()["definitions"].at("step_" + std::string(kind->name));
        EXPECT_EQ(verb["description"], kind->doc);
        EXPECT_EQ(verb["additionalProperties"], false);
        EXPECT_EQ(verb["properties"].size(), kind->keys.size());
        EXPECT_EQ(verb["required"][0], kind->name) << "a step is known by its verb";
        for (const KeySpec& key : kind->keys) {
            const auto& required = verb["required"];
            EXPECT_TRUE(verb["properties"].contains(std::string(key.name))) << key.name;
            if (key.required)
                EXPECT_NE(std::find(required.begin(), required.end(), key.name), required.end()) << key.name;
        }
    }
}

TEST(ScenarioSchema, ListsTheVerbsThatStandAlone) {
    const Json& alternatives = schema()["definitions"]["step"]["anyOf"];
    const auto bare = std::find_if(alternatives.begin(), alternatives.end(),
                                   [](const Json& a) { return a.contains("enum"); });
    ASSERT_NE(bare, alternatives.end());
    for (const StepKind* kind : step_kinds()) {
        const auto& words = (*bare)["enum"];
        EXPECT_EQ(kind->bare, std::find(words.begin(), words.end(), kind->name) != words.end()) << kind->name;
    }
}

TEST(ScenarioSchema, NestsStepsInBlocks) {
    const Json& definitions = schema()["definitions"];
    EXPECT_EQ(definitions["steps"]["items"]["$ref"], "#/definitions/step");
    EXPECT_EQ(definitions["step_if"]["properties"]["do"]["allOf"][0]["$ref"], "#/definitions/steps");
    EXPECT_EQ(schema()["properties"]["steps"]["allOf"][0]["$ref"], "#/definitions/steps");
}

TEST(ScenarioSchema, RefersOnlyToWhatItDefines) {
    std::vector<std::string> references;
    collect_references(schema(), references);
    EXPECT_FALSE(references.empty());
    const std::string prefix = "#/definitions/";
    for (const std::string& reference : references) {
        ASSERT_TRUE(reference.starts_with(prefix)) << reference;
        EXPECT_TRUE(schema()["definitions"].contains(reference.substr(prefix.size()))) << reference;
    }
}

TEST(ScenarioSchema, OffersTheTablesThatThisVersionRunsAlone) {
    for (const TableSpec& table : table_specs()) {
        EXPECT_EQ(schema()["properties"].contains(std::string(table.name)),
                  table.use != TableSpec::Use::not_run)
            << table.name;
    }
    const Json& queue = schema()["properties"]["queue"]["additionalProperties"];
    EXPECT_EQ(queue["additionalProperties"], false);
    EXPECT_EQ(queue["properties"]["order"]["enum"], (Json{"fifo", "lifo", "priority"}));
    EXPECT_EQ(schema()["properties"]["coroutine"]["additionalProperties"]["required"], Json{"steps"});
    EXPECT_FALSE(schema()["properties"]["run"]["properties"].contains("on_task"));
}

}  // namespace
}  // namespace asyncrun
