package expr

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"wardlet.example/internal/model"
)

// Limits of JSON inside a text.
const (
	maxJSON      = 256 << 10 // bytes
	maxJSONDepth = 100
)

func looksLikeJSON(s string) bool {
	s = strings.TrimSpace(s)
	return strings.HasPrefix(s, "{") || strings.HasPrefix(s, "[")
}

// parseJSON reads JSON text; all of it has the origin of the text.
func parseJSON(s string, at model.Origin) (*model.Value, error) {
	if len(s) > maxJSON {
		return nil, fmt.Errorf("more than %d bytes of JSON", maxJSON)
	}
	d := &jsonReader{json.NewDecoder(strings.NewReader(s)), at}
	d.UseNumber()
	v, err := d.value(0)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("text behind the JSON")
	}
	return v, nil
}

type jsonReader struct {
	*json.Decoder
	at model.Origin
}

func (d *jsonReader) value(depth int) (*model.Value, error) {
	if depth > maxJSONDepth {
		return nil, fmt.Errorf("JSON deeper than %d", maxJSONDepth)
	}
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case json.Delim:
		if t == '[' {
			return d.list(depth)
		}
		return d.fields(depth)
	case string:
		return model.NewString(t, d.at), nil
	case bool:
		return model.NewBool(t, d.at), nil
	case json.Number:
		n, err := t.Float64()
		return model.NewNumber(n, t.String(), d.at), err
	}
	return model.NewAbsent(d.at), nil
}

func (d *jsonReader) list(depth int) (*model.Value, error) {
	var items []*model.Value
	for d.More() {
		v, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		items = append(items, v)
	}
	_, err := d.Token()
	return model.NewList(items, d.at), err
}

func (d *jsonReader) fields(depth int) (*model.Value, error) {
	var fields []model.Field
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		v, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		name, _ := key.(string)
		fields = append(fields, model.Field{Key: name, At: d.at.Pos, Value: v})
	}
	_, err := d.Token()
	return model.NewMap(fields, d.at), err
}
