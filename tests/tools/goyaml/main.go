// Reads YAML as the tools do that will read what the compiler writes, and prints what they understood as JSON.
//
//	goyaml kubernetes FILE   sigs.k8s.io/yaml: kubectl, helm, Argo CD
//	goyaml v3 FILE           gopkg.in/yaml.v3: kustomize and most other programs written in Go
//
// FILE holds a JSON list of texts, each one YAML document. The answer is a JSON list of the same length, of
// `{"ok": VALUE}` or `{"error": TEXT}`. What JSON has no form for is spelt out under a key with a `!`, so that it can
// never compare equal to the text or number that was meant: `{"!float": "NaN"}`, `{"!timestamp": …}`, `{"!map": [[KEY, VALUE], …]}`.
package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"sort"
	"time"

	"gopkg.in/yaml.v3"
	kubernetes "sigs.k8s.io/yaml"
)

type answer struct {
	Ok    any    `json:"ok"`
	Error string `json:"error,omitempty"`
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "goyaml:", err)
		os.Exit(2)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: goyaml kubernetes|v3 FILE")
	}
	read, known := map[string]func(string) (any, error){"kubernetes": readKubernetes, "v3": readV3}[args[0]]
	if !known {
		return fmt.Errorf("no reader `%s`: kubernetes or v3", args[0])
	}
	data, err := os.ReadFile(args[1])
	if err != nil {
		return err
	}
	var documents []string
	if err := json.Unmarshal(data, &documents); err != nil {
		return fmt.Errorf("%s is no JSON list of texts: %w", args[1], err)
	}
	answers := make([]answer, len(documents))
	for i, document := range documents {
		value, err := read(document)
		if err != nil {
			answers[i].Error = err.Error()
			continue
		}
		answers[i].Ok = value
	}
	return json.NewEncoder(os.Stdout).Encode(answers)
}

// The reader of Kubernetes turns YAML into JSON first; a duplicate key is an error there.
func readKubernetes(document string) (any, error) {
	data, err := kubernetes.YAMLToJSONStrict([]byte(document))
	if err != nil {
		return nil, err
	}
	return json.RawMessage(data), nil
}

func readV3(document string) (any, error) {
	var value any
	if err := yaml.Unmarshal([]byte(document), &value); err != nil {
		return nil, err
	}
	return plain(value), nil
}

// Gives every value a form that JSON has.
func plain(value any) any {
	switch v := value.(type) {
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = plain(v[i])
		}
		return list
	case map[string]any:
		fields := make(map[string]any, len(v))
		for key := range v {
			fields[key] = plain(v[key])
		}
		return fields
	case map[any]any:
		pairs := make([][2]any, 0, len(v))
		for key := range v {
			pairs = append(pairs, [2]any{plain(key), plain(v[key])})
		}
		sort.Slice(pairs, func(i, j int) bool { return fmt.Sprint(pairs[i][0]) < fmt.Sprint(pairs[j][0]) })
		return map[string]any{"!map": pairs}
	case time.Time:
		return map[string]any{"!timestamp": v.Format(time.RFC3339Nano)}
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return map[string]any{"!float": fmt.Sprint(v)}
		}
	}
	return value
}
