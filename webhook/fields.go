package webhook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
)

// fields reads the scalars of a packet and remembers the first that is wrong, so that
// the code that lists the fields is not drowned in checks. After an error it returns
// values that mean nothing.
type fields struct{ err error }

// refuse notes what is wrong with a field. It never repeats the value, which is long or
// private as the sender likes.
func (f *fields) refuse(name, problem string) {
	if f.err == nil {
		f.err = refuse(resultBadRequest, name+" "+problem)
	}
}

// present tells a value from a missing one and from null, which counts as missing.
func present(raw json.RawMessage) bool {
	return len(raw) > 0 && !bytes.Equal(raw, []byte("null"))
}

const notAnObject = "the body must be a JSON object; send the packet as Tencent documents it"

// wanted names the JSON types that this package reads into Go's.
var wanted = map[reflect.Kind]string{
	reflect.Array:  "a list",
	reflect.Bool:   "true or false",
	reflect.String: "a string",
	reflect.Struct: "an object",
}

// explain puts an error of encoding/json into words for the sender.
func explain(err error) error {
	if err == nil {
		return nil
	}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		if wrong.Field == "" {
			return refuse(resultBadRequest, notAnObject)
		}
		return refuse(resultBadRequest, wrong.Field+" must be "+wanted[wrong.Type.Kind()])
	}
	where := ""
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		where = fmt.Sprintf(" from byte %d on", syntax.Offset)
	}
	return refuse(resultBadRequest, "the body is not JSON"+where+"; send one JSON object")
}
