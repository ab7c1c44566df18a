package slashingdb_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
)

// schema is the part of JSON Schema that the EIP's own uses.
type schema struct {
	Type       string
	Properties map[string]*schema
	Required   []string
	// Items is written as a tuple of one; it is meant for every element.
	Items []*schema
}

var interchangeSchema *schema

func matchesSchema(t *testing.T, file []byte) {
	t.Helper()
	if interchangeSchema == nil {
		var s schema
		if err := json.Unmarshal(testkit.Vectors(t, "eip3076/schema.json"), &s); err != nil || len(s.Properties) == 0 {
			t.Fatal(err)
		}
		interchangeSchema = &s
	}
	var value any
	if err := json.Unmarshal(file, &value); err != nil {
		t.Fatal(err)
	}
	if err := interchangeSchema.check("file", value); err != nil {
		t.Error(err)
	}
}

func (s *schema) check(path string, value any) error {
	switch v := value.(type) {
	case string:
		if s.Type != "string" {
			return fmt.Errorf("%s: a string, not an %s", path, s.Type)
		}
	case []any:
		if s.Type != "array" {
			return fmt.Errorf("%s: an array, not an %s", path, s.Type)
		}
		for i, e := range v {
			if err := s.Items[0].check(fmt.Sprintf("%s[%d]", path, i), e); err != nil {
				return err
			}
		}
	case map[string]any:
		return s.checkObject(path, v)
	default:
		return fmt.Errorf("%s: %T", path, value)
	}
	return nil
}

func (s *schema) checkObject(path string, object map[string]any) error {
	if s.Type != "object" {
		return fmt.Errorf("%s: an object, not an %s", path, s.Type)
	}
	for _, name := range s.Required {
		if _, ok := object[name]; !ok {
			return fmt.Errorf("%s.%s: missing", path, name)
		}
	}
	for name, value := range object {
		member, ok := s.Properties[name]
		if !ok {
			return fmt.Errorf("%s.%s: not in the schema", path, name)
		}
		if err := member.check(path+"."+name, value); err != nil {
			return err
		}
	}
	return nil
}

// The EIP's own example is a good file.
func TestTheEIPsExample(t *testing.T) {
	example := testkit.Vectors(t, "eip3076/example.json")
	matchesSchema(t, example)
	tab := table(t, example)
	if len(tab.Keys) == 0 || tab.GenesisValidatorsRoot == nil {
		t.Errorf("%+v", tab)
	}
	for key, l := range tab.Keys {
		if !l.HasBlock || !l.HasAttestation {
			t.Errorf("%s: %+v", key, l)
		}
	}
}
