package webhook

import (
	"os"
	"path/filepath"
	"testing"
)

func TestReadTokens(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text   string
		tokens int
	}{
		"one": {"s3cret\n", 1}, "two_of_a_rotation": {"old\r\nnew", 2}, "none": {" \n\n", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "token")
			if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			tokens, err := ReadTokens(path)
			if len(tokens) != test.tokens || (err == nil) != (test.tokens > 0) {
				t.Errorf("%d tokens, %v", len(tokens), err)
			}
		})
	}
	if _, err := ReadTokens(filepath.Join(t.TempDir(), "missing")); err == nil {
		t.Error("a missing file was read")
	}
}
