package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// object is a JSON object, or one of YAML read as such.
type object = map[string]any

// apiDocument is a description, with numbers and maps as encoding/json reads them, so that
// it compares to answers.
type apiDocument object

func readAPI(t *testing.T, name string) apiDocument {
	t.Helper()
	text, err := os.ReadFile("../../web/api/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := yaml.Unmarshal(text, &tree); err != nil {
		t.Fatal(err)
	}
	text, err = json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	var d apiDocument
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// at returns the object below the keys, with references followed; nil if there is none.
func (d apiDocument) at(keys ...string) object {
	node := object(d)
	for _, key := range keys {
		node, _ = node[key].(object)
		node = d.follow(node)
	}
	return node
}

var unescapePointer = strings.NewReplacer("~1", "/", "~0", "~") // RFC 6901

func (d apiDocument) follow(node object) object {
	ref, ok := node["$ref"].(string)
	if !ok {
		return node
	}
	keys := strings.Split(strings.TrimPrefix(ref, "#/"), "/")
	for i := range keys {
		keys[i] = unescapePointer.Replace(keys[i])
	}
	return d.at(keys...)
}

func (d apiDocument) schema(name string) object { return d.at("components", "schemas", name) }

// visit calls do for every object of the document.
func (d apiDocument) visit(do func(where string, node object)) {
	var walk func(string, any)
	walk = func(where string, v any) {
		switch v := v.(type) {
		case object:
			do(where, v)
			for key, child := range v {
				walk(where+"/"+key, child)
			}
		case []any:
			for i, child := range v {
				walk(fmt.Sprint(where, "/", i), child)
			}
		}
	}
	walk("", object(d))
}

// faults returns how a value departs from its schema. A property that the schema does not
// name is a fault too, unless the schema says that there may be others.
func (d apiDocument) faults(where string, schema object, v any) (faults []string) {
	schema = d.follow(schema)
	if schema == nil {
		return []string{where + ": no schema"}
	}
	for _, part := range list(schema["allOf"]) {
		faults = append(faults, d.faults(where, part.(object), v)...)
	}
	matches := func(part any) bool { return len(d.faults(where, part.(object), v)) == 0 }
	if choice := list(schema["anyOf"]); choice != nil && !slices.ContainsFunc(choice, matches) {
		faults = append(faults, where+": matches none of anyOf")
	}
	if !admits(schema, v) {
		faults = append(faults, fmt.Sprintf("%s: %v is not as described", where, v))
	}
	switch v := v.(type) {
	case object:
		faults = append(faults, d.propertyFaults(where, schema, v)...)
	case []any:
		for i, item := range v {
			items, _ := schema["items"].(object)
			faults = append(faults, d.faults(fmt.Sprint(where, "/", i), items, item)...)
		}
	}
	return faults
}

func (d apiDocument) propertyFaults(where string, schema, v object) (faults []string) {
	for _, name := range list(schema["required"]) {
		if _, ok := v[name.(string)]; !ok {
			faults = append(faults, fmt.Sprintf("%s: %s is missing", where, name))
		}
	}
	properties, _ := schema["properties"].(object)
	for name, value := range v {
		if property, ok := properties[name].(object); ok {
			faults = append(faults, d.faults(where+"/"+name, property, value)...)
		} else if schema["additionalProperties"] != true && schema["type"] == "object" {
			faults = append(faults, where+": "+name+" is not documented")
		}
	}
	return faults
}

// admits checks a value against type, const, enum, not and pattern.
func admits(schema object, v any) bool {
	types, ok := schema["type"].([]any)
	if !ok && schema["type"] != nil {
		types = []any{schema["type"]}
	}
	if types != nil && !slices.Contains(types, any(jsonType(v))) {
		return false
	}
	if want, ok := schema["const"]; ok && want != v {
		return false
	}
	if enum := list(schema["enum"]); enum != nil && !slices.Contains(enum, v) {
		return false
	}
	if not, ok := schema["not"].(object); ok && admits(not, v) {
		return false
	}
	pattern, _ := schema["pattern"].(string)
	text, isText := v.(string)
	return !isText || regexp.MustCompile(pattern).MatchString(text)
}

func jsonType(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case float64:
		if v == math.Trunc(v) {
			return "integer"
		}
		return "number"
	case []any:
		return "array"
	default:
		return "object"
	}
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}
